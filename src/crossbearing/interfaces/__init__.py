"""What speaks to people and machines: the command line now; web pages and the API have their place here."""
