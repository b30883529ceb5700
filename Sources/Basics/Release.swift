/// Which release this is.
package enum Release {
    /// By semantic versioning, without a leading `v`: what `--version`, the log, the metrics, the User-Agent and the
    /// stacks' output `Version` say, and the first heading with a number in deploy/CHANGELOG.md.
    package static let version = "0.14.0"
}
