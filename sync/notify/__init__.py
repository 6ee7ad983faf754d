"""Changes of state -> messages to people: webhook, e-mail, or whatever the apprise extra reaches."""
