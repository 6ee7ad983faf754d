"""A set-up -> what may be wrong with it, point by point, from the file of settings to the tenant's answer.

Nothing is changed by it, and whatever it meets becomes a finding with a remedy.
"""

from sync.run.doctor.examining import examine

__all__ = ["examine"]
