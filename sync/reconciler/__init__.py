"""One batch and the tenant's reply -> what became of each row. Pure; the only room that says "accepted".

verdict     status first, then the success test: a 2xx counts only if its numbers add up
matching    the answer's error entries -> rows of the batch, never by a guess
words       whatever shape the tenant's words have -> text for people, and the reason code
"""

from sync.reconciler.verdict import judge

__all__ = ["judge"]
