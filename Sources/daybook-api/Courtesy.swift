import Foundation
import Glibc

/// Where cores are few the daemon goes first, however much is asked of this process.
enum Courtesy {
  /// How far its threads stand back behind others (nice(2)).
  private static let niceness: Int32 = 10
  /// Between two looks for new threads.
  private static let pause = Duration.seconds(5)

  /// Lets all threads stand back until the task is cancelled. Linux gives each thread a priority of its own, and
  /// Dispatch gives its new ones the usual one, so a process cannot say it once for all.
  static func keep() async {
    repeat {
      let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
      for thread in threads.compactMap(UInt32.init) {
        // To stand back is never refused; a thread may have ended meanwhile.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), thread, niceness)
      }
    } while (try? await Task.sleep(for: pause)) != nil
  }
}
