"""How a person is reached: their methods, their rule, their quiet hours."""
