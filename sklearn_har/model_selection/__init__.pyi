from ._check_no_leakage import check_no_leakage
from ._leakage_report import LeakageReport
from ._leave_subjects_out import LeaveSubjectsOut
from ._nested_cross_validate import NestedScores, nested_cross_validate
from ._stratified_subject_k_fold import StratifiedSubjectKFold
from ._subject_k_fold import SubjectKFold
from ._subject_train_test_split import subject_train_test_split

__all__ = [
    "LeakageReport",
    "LeaveSubjectsOut",
    "NestedScores",
    "StratifiedSubjectKFold",
    "SubjectKFold",
    "check_no_leakage",
    "nested_cross_validate",
    "subject_train_test_split",
]
