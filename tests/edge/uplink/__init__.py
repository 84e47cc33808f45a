"""Both ends of the way to headquarters agree, whatever is lost or sent twice."""
