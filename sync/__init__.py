"""Stock files in, inventory rows posted, every row accounted for.

One file's way through the rooms (the order is known to `run` alone):

    loader      CSV or workbook      -> columns of text with the row numbers that a person sees
    mapping     text, by a YAML file -> location_code, sku_code, quantity, or a reason why not
    schema      the one definition of a valid inventory row
    pairs       rows                 -> one row a pair; duplicates by policy, half a sum never
    ledger      what is sent stands on record before the request, the outcome after it
    batcher     rows                 -> bodies; client posts them; reconciler judges each row
    rejects     what did not go through, to be corrected and dropped again
"""
