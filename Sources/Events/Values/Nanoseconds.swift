/// Nanoseconds of the units that times come in.
public enum Nanoseconds {
  public static let microsecond: Int64 = 1000
  public static let millisecond: Int64 = 1_000_000
  public static let second: Int64 = 1_000_000_000
  public static let minute: Int64 = 60 * second
  public static let hour: Int64 = 3600 * second
  public static let day: Int64 = 86_400 * second
}
