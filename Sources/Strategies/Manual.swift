import Trading

/// Wants nothing by itself: the orders that people give in its name are its own.
public struct Manual: Strategy {
  public init(_ parameters: inout Parameters) throws(ConfigurationError) {}
}
