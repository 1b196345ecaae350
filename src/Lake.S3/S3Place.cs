using Amazon.Runtime;
using Amazon.S3;

namespace Yunnao.Lake.S3;

/// <summary>A bucket, or a part of one, of any S3 server.</summary>
/// <param name="Endpoint">URL of the server.</param>
/// <param name="Region">For the signature; servers other than Amazon's take any.</param>
/// <param name="Prefix">Beginning of all keys; empty, or ending in a slash.</param>
public sealed record S3Place(string Endpoint, string Region, string Bucket, string Prefix, string AccessKey, string SecretKey)
{
    /// <summary>
    /// A client. Objects are addressed by path and checksums are sent only where the protocol requires them, which is what servers other than
    /// Amazon's (Ceph RGW 16, MinIO) understand; the bytes are protected by the signature of their SHA-256.
    /// </summary>
    public IAmazonS3 Connect() => new AmazonS3Client(
        new BasicAWSCredentials(AccessKey, SecretKey),
        new AmazonS3Config
        {
            ServiceURL = Endpoint, AuthenticationRegion = Region, ForcePathStyle = true,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED, ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });

    /// <summary>The place without its secret, for messages and as a name.</summary>
    public override string ToString() => $"{Endpoint.TrimEnd('/')}/{Bucket}/{Prefix}";
}
