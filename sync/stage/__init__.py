"""One file, judged whole: source table -> what is to be sent, what is left out and why, all in columnar files.

`whole` is the way in; `judging` is the first pass, `settling` the second; `rejected` walks what does not go.
Nothing here touches the ledger or the network.
"""
