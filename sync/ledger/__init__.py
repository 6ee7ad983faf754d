"""Runs, batches and rejects in SQLite: what was sent stands here before the request, the outcome after it.

`book` opens it, `lock` keeps a second run out, `runs`, `batches` and `rejected` hold the only SQL of the product.
"""
