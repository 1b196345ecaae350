using System.ComponentModel.DataAnnotations;
using Yunnao.Lake.S3;

namespace Yunnao.Services.Exports;

/// <summary>A bucket of any S3 server into which exports may be pushed.</summary>
public sealed class ExportPlaceOptions
{
    /// <summary>URL of the server.</summary>
    [Required]
    public string Endpoint { get; set; } = "";

    /// <summary>For the signature; servers other than Amazon's take any.</summary>
    public string Region { get; set; } = "us-east-1";

    [Required]
    public string Bucket { get; set; } = "";

    /// <summary>Beginning of all keys; empty, or ending in a slash.</summary>
    public string Prefix { get; set; } = "";

    [Required]
    public string AccessKey { get; set; } = "";

    [Required]
    public string SecretKey { get; set; } = "";

    internal S3Place Place => new(Endpoint, Region, Bucket, Prefix, AccessKey, SecretKey);
}
