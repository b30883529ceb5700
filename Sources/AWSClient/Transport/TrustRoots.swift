import Basics
import NIOSSL

/// Which root certificates a host's chain is verified with.
///
/// `AWS_CA_BUNDLE` alone where it is set; else the embedded Amazon roots for AWS's own hosts, and the system's bundle
/// for those that they do not verify and for all other hosts.
enum TrustRoots: Hashable, CustomStringConvertible {
    case amazon
    case system
    case bundle(String)

    /// What is tried for a host, in turn.
    static func order(forHost host: String, caBundle: String?) -> [TrustRoots] {
        if let caBundle { return [.bundle(caBundle)] }
        return isAWSHost(host) ? [.amazon, .system] : [.system]
    }

    static func isAWSHost(_ host: String) -> Bool {
        [".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".api.amazonwebservices.com.cn"].contains {
            host.hasSuffix($0)
        }
    }

    /// Where distributions keep the system's bundle: Debian and Alpine, Amazon Linux and Fedora, SUSE, Alpine and BSD.
    static let systemPaths = [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ]

    /// In words, for errors.
    var description: String {
        switch self {
        case .amazon: "the embedded Amazon roots"
        case .system: "the system's bundle"
        case .bundle(let path): "AWS_CA_BUNDLE '\(path.printable(limit: 2048))'"
        }
    }

    /// TLS 1.2 or later with these roots alone. Throws `noTrustRoots`.
    func context() throws(TransportError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        configuration.trustRoots = try roots()
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw TransportError(.noTrustRoots, mayHaveBeenSent: false, message: "\(self) cannot be used: \(error)")
        }
    }

    private func roots() throws(TransportError) -> NIOSSLTrustRoots {
        switch self {
        case .amazon:
            let roots = AmazonRoots.base64.compactMap { text in
                [UInt8](base64: text).flatMap { try? NIOSSLCertificate(bytes: $0, format: .der) }
            }
            return .certificates(roots)
        case .system:
            guard let path = TrustRoots.systemPaths.first(where: SmallFile.isReadable) else {
                throw TransportError(
                    .noTrustRoots,
                    mayHaveBeenSent: false,
                    message: "the system has no bundle of root certificates: set AWS_CA_BUNDLE to a PEM file"
                )
            }
            return .file(path)
        case .bundle(let path):
            guard let roots = try? NIOSSLCertificate.fromPEMFile(path), !roots.isEmpty else {
                throw TransportError(
                    .noTrustRoots,
                    mayHaveBeenSent: false,
                    message:
                        "AWS_CA_BUNDLE is '\(path)', which cannot be read as certificates: it may be a PEM file's path"
                )
            }
            return .certificates(roots)
        }
    }
}
