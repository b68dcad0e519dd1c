"""The cases of `souk conformance`: what no market may ever get wrong, tried from outside."""
