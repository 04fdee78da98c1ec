/// What a handler decided about one job. A business refusal is a value, never an error.
public enum Decision: Equatable, Sendable {
  /// The effect takes place with this batch's commit.
  case applied
  /// Refused for good: the same key never succeeds later. The code is one of the handler's documented ones.
  case rejected(code: String)
}
