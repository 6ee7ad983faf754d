"""A folder on another machine (SFTP) -> its settled files in the local inbox, each once."""
