/// What sets one service apart on the wire: its names, and where its endpoints leave the common pattern.
package struct AWSService: Sendable, Hashable {
    /// How the service's dual-stack host names are made.
    package enum DualStack: Sendable, Hashable {
        /// `{prefix}.{region}.api.aws`.
        case ownDomain
        /// `{prefix}.dualstack.{region}.amazonaws.com`, Amazon S3's older pattern.
        case label
        /// As `ownDomain`, with another prefix than the plain host name has.
        case ownDomainNamed(String)
        /// The plain host name speaks both.
        case plainName
        /// There is none.
        case unsupported
    }

    /// The service's id in AWS's models, such as `AccessAnalyzer`: names it in errors and in `AWS_ENDPOINT_URL_<ID>`.
    package let id: String
    /// The service's name in a signature's scope.
    package let signingName: String
    /// The first label of its host names.
    package let endpointPrefix: String
    /// One endpoint a partition, signed for the partition's global region.
    package let isGlobal: Bool
    /// In the government partition the plain host name is the FIPS one.
    package let governmentNameIsFIPS: Bool
    /// In the government partition the dual-stack name is the FIPS one, too.
    package let governmentDualStackIsFIPS: Bool
    /// The pattern of its dual-stack host names.
    package let dualStack: DualStack
    /// The path of a request is signed as it is sent, not encoded again (Amazon S3 alone).
    package let signsPathAsSent: Bool

    /// A service by its names; everything else defaults to the common pattern.
    package init(
        id: String,
        signingName: String,
        endpointPrefix: String,
        isGlobal: Bool = false,
        governmentNameIsFIPS: Bool = false,
        governmentDualStackIsFIPS: Bool = false,
        dualStack: DualStack = .ownDomain,
        signsPathAsSent: Bool = false
    ) {
        self.id = id
        self.signingName = signingName
        self.endpointPrefix = endpointPrefix
        self.isGlobal = isGlobal
        self.governmentNameIsFIPS = governmentNameIsFIPS
        self.governmentDualStackIsFIPS = governmentDualStackIsFIPS
        self.dualStack = dualStack
        self.signsPathAsSent = signsPathAsSent
    }

    /// The rest of this service's `AWS_ENDPOINT_URL_` setting: upper case, with `_` for spaces and hyphens.
    package var settingSuffix: String {
        String(decoding: id.uppercased().utf8.map { $0 == 0x20 || $0 == 0x2D ? 0x5F : $0 }, as: UTF8.self)
    }
}

extension AWSService {
    /// Identity and Access Management.
    package static let iam = AWSService(
        id: "IAM",
        signingName: "iam",
        endpointPrefix: "iam",
        isGlobal: true,
        governmentNameIsFIPS: true
    )

    /// Security Token Service, by its regional endpoints.
    package static let sts = AWSService(
        id: "STS",
        signingName: "sts",
        endpointPrefix: "sts",
        governmentNameIsFIPS: true
    )

    /// Simple Notification Service.
    package static let sns = AWSService(
        id: "SNS",
        signingName: "sns",
        endpointPrefix: "sns",
        governmentNameIsFIPS: true
    )

    /// IAM Access Analyzer.
    package static let accessAnalyzer = AWSService(
        id: "AccessAnalyzer",
        signingName: "access-analyzer",
        endpointPrefix: "access-analyzer",
        governmentNameIsFIPS: true
    )

    /// Simple Storage Service, by path-style addresses.
    package static let s3 = AWSService(
        id: "S3",
        signingName: "s3",
        endpointPrefix: "s3",
        dualStack: .label,
        signsPathAsSent: true
    )

    /// Systems Manager.
    package static let ssm = AWSService(
        id: "SSM",
        signingName: "ssm",
        endpointPrefix: "ssm",
        governmentNameIsFIPS: true
    )
}
