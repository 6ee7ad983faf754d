"""One file a room; `test_house` and `test_docs` hold the house itself to its word."""
