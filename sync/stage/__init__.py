"""One file, judged whole: source table -> what is to be sent, what is left out and why, all in columnar files.

`whole` is the way in; `judging` is the first pass, while `watching` gathers what `secondlook` tells from the whole file;
`settling` writes what goes; `rejected` walks what does not.
Nothing here touches the ledger or the network.
"""
