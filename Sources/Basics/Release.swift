/// Which release this is.
package enum Release {
    /// Three numbers with dots between, as https://semver.org has them; `deploy/release` names its files by it.
    package static let version = "0.14.0"
}
