"""Everything the demonstration needs that the bot itself does not."""
