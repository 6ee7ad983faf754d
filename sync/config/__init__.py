"""Options, environment and the configuration file -> frozen settings; and where the API key comes from.

The only room that is given the environment. Options override variables, variables override the file.
"""

from sync.config.key import api_key, suspects
from sync.config.mounts import network_filesystem
from sync.config.settings import Settings
from sync.config.sources import load

__all__ = ["Settings", "api_key", "load", "network_filesystem", "suspects"]
