"""What other tools take: the operation's entities and tables in their formats, each with what the format cannot say."""
