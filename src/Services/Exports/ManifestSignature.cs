using Yunnao.Trust.Keys;

namespace Yunnao.Services.Exports;

/// <summary>
/// Signs manifests, so that a recipient can prove whom an export is from and that nobody changed it: <c>manifest.json.sig</c>, by ECDSA over P-256 with
/// SHA-256, or SM2 with SM3, as the key ring says.
/// </summary>
public sealed class ManifestSignature(KeyRing keys)
{
    /// <summary>Name of the file beside the manifest.</summary>
    public const string FileName = ExportManifest.FileName + ".sig";

    /// <summary>The public key, PEM.</summary>
    public string PublicKey => keys.Current(KeyUse.ExportSeal) is var key ? Signing.PublicPem(key.Suite, Signing.PublicKey(key.Suite, key.Bytes)) : "";

    /// <summary>A signature in DER.</summary>
    public byte[] Sign(ReadOnlySpan<byte> manifest)
    {
        var key = keys.Current(KeyUse.ExportSeal);
        return Signing.SignDer(key.Suite, key.Bytes, manifest);
    }

    /// <summary>True when a manifest is the one that was signed.</summary>
    /// <param name="publicKey">As <see cref="PublicKey"/> gives it.</param>
    public static bool Holds(string publicKey, ReadOnlySpan<byte> manifest, ReadOnlySpan<byte> signature) => Signing.VerifyDer(publicKey, manifest, signature);
}
