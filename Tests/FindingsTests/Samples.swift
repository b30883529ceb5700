import LosslessJSON

extension JSON {
    /// A case of a finding about a role, with more keys beside the finding.
    static func sample(adding members: [(String, JSON)] = []) -> JSON {
        .object(JSONObject([("finding", .sampleFinding)] + members))
    }

    static var sampleFinding: JSON {
        [
            "id": "a5018210-97c4-46c4-9456-0295898377b6", "kind": "ExternalAccess", "status": "ACTIVE",
            "analyzerArn": "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/A",
            "resource": "arn:aws:iam::123456789012:role/Audit", "resourceType": "AWS::IAM::Role",
            "accountId": "123456789012", "region": "us-east-1", "principal": ["AWS": "999988887777"],
            "actions": ["sts:AssumeRole"], "condition": [:], "isPublic": false, "isDeleted": false,
        ]
    }

    /// An EventBridge event of Access Analyzer.
    static func sampleEvent(_ detailType: String = "Access Analyzer Finding", detail changes: [(String, JSON?)] = [])
        -> JSON
    {
        var detail = JSONObject([
            ("version", "1.0"), ("id", "f1"), ("status", "ACTIVE"), ("resourceType", "AWS::S3::Bucket"),
            ("resource", "arn:aws:s3:::reports"), ("createdAt", "2026-11-20T04:58:50Z"), ("accountId", "123456789012"),
            ("region", "us-east-1"), ("principal", ["AWS": "999988887777"]), ("action", ["s3:GetObject"]),
            ("condition", [:]), ("isPublic", false), ("isDeleted", false),
        ])
        for (key, value) in changes { detail[key] = value }
        return [
            "version": "0", "id": "e1", "source": "aws.access-analyzer", "detail-type": .string(detailType),
            "account": "123456789012", "region": "us-east-1", "detail": .object(detail),
            "resources": ["arn:aws:access-analyzer:us-east-1:123456789012:analyzer/A"],
        ]
    }
}
