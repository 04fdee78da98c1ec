import Foundation

/// The request to end, SIGTERM or SIGINT, for a command that only waits for it.
///
/// Made before any thread is started: threads inherit the mask, so that the signal stays for `wait`.
struct EndSignal {
  private var set = sigset_t()

  /// Holds both signals back.
  init() {
    sigemptyset(&set)
    sigaddset(&set, SIGTERM)
    sigaddset(&set, SIGINT)
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Blocks until one of them comes, also where it came before.
  mutating func wait() {
    var number: Int32 = 0
    while sigwait(&set, &number) != 0 {}
  }
}
