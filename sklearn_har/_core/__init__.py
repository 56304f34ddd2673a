"""What every subpackage uses, and no user needs."""
