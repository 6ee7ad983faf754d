"""What runs and feeds have come to -> the messages that people get about it, one for each change of state."""

from sync.run.alarms.telling import heartbeat, tell

__all__ = ["heartbeat", "tell"]
