/// What a test waited for in vain.
public struct NeverSo: Error, CustomStringConvertible {
  /// What never came.
  public let description: String

  /// A wait that came to nothing.
  public init(description: String) { self.description = description }
}
