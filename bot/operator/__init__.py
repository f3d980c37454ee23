"""What somebody at the machine asks: of the running bot, or, where none runs, of its database."""
