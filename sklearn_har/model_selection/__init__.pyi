from ._leave_subjects_out import LeaveSubjectsOut
from ._subject_k_fold import SubjectKFold

__all__ = ["LeaveSubjectsOut", "SubjectKFold"]
