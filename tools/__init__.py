"""What maintainers run and users do not need: it makes pages and the site, and is not part of the installed package."""
