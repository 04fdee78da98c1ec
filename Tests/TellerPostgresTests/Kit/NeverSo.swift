/// What a test waited for in vain.
struct NeverSo: Error, CustomStringConvertible {
  let description: String
}
