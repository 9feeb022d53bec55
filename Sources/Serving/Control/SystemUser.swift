import Glibc

/// Users of this machine, as acts are recorded.
public enum SystemUser {
  /// Who runs this process, whatever the environment says.
  public static var current: String { name(getuid()) }

  static func name(_ id: uid_t) -> String {
    guard let user = unsafe getpwuid(id), let name = unsafe user.pointee.pw_name else {
      return "uid \(id)"
    }
    return unsafe String(cString: name)
  }
}
