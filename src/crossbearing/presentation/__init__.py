"""One visual language for packages, results and pages: type, numbers, seized text, charts."""
