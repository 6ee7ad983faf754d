"""Random fault plans: made-up files, a tenant that misbehaves, killers, odd orders, and laws that must hold afterwards.

plan        a seed -> a world and the steps to be taken in it
stockfile   a seed -> a stock file, and what must become of each of its rows, by rules of our own
tenant      the outside witness: an inventory API of its own over a real socket, with a log of all that it was told
acts        how the tenant misbehaves, request by request
nursery     commands as real processes, forked from one that has imported the program already
play        takes the steps one after the other and keeps what there was to see
laws_*      what was seen -> the laws that were broken; they know the product by its reports, files and exit codes only
shrink      a plan that breaks a law -> the smallest one that does
"""
