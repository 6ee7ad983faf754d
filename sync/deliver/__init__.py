"""Batches out, outcomes in: what is sent stands on record before it leaves, and its outcome before the next step.

`outbox` gives the rows, `workers` post them, `pace` decides when to knock again, `loop` puts them together.
"""
