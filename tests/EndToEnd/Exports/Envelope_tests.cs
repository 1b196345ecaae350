using System.Security.Cryptography;
using Xunit;
using Yunnao.Tests.EndToEnd.Feeds;
using Yunnao.Trust.Envelopes;

namespace Yunnao.Tests.EndToEnd.Exports;

/// <summary>Files closed for a certificate, opened by OpenSSL and by us.</summary>
public sealed class Envelope_tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-envelope-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("rsa:2048", 0)]
    [InlineData("rsa:2048", 65_536)]
    [InlineData("ec:P-256", 3_000_001)]
    [InlineData("ec:P-384", 100)]
    public void OpenSSL_opens_what_was_closed_for_a_certificate_and_so_do_we(string kind, int length)
    {
        var (key, certificate) = Pair(_folder, "recipient", kind);
        var (clear, closed) = (RandomNumberGenerator.GetBytes(length), Path.Combine(_folder, "file.p7m"));
        Close(clear, certificate, closed);
        var opened = Path.Combine(_folder, "opened");
        PeerProcess.Run(PeerProcess.Find("openssl"), "cms", "-decrypt", "-inform", "DER", "-in", closed, "-inkey", key, "-recip", certificate, "-out", opened);
        Assert.Equal(clear, File.ReadAllBytes(opened));
        Assert.Equal(clear, Open(closed, File.ReadAllText(key)));

        // Nobody else's key, no half of a file, no other file.
        var (other, _) = Pair(_folder, "other", kind);
        Assert.Equal("export.key", Envelope.Open(File.OpenRead(closed), File.ReadAllText(other)).Problem!.Code);
        Assert.Equal("export.key", Envelope.Open(File.OpenRead(closed), "no key").Problem!.Code);
        Assert.Equal("export.envelope", Envelope.Open(new MemoryStream(clear), File.ReadAllText(key)).Problem!.Code);
        Assert.Equal("export.envelope", Envelope.Open(new MemoryStream([0x30, 0x80, 0x06]), File.ReadAllText(key)).Problem!.Code);
    }

    /// <summary>OpenSSL 3.0 knows SM2 and SM4, but not in CMS: it decrypts the key and the content one by one.</summary>
    [Fact]
    public void An_SM2_certificate_gets_its_key_by_SM2_and_its_content_by_SM4()
    {
        var openssl = PeerProcess.Find("openssl");
        var (key, certificate) = (Path.Combine(_folder, "sm2.key"), Path.Combine(_folder, "sm2.crt"));
        PeerProcess.Run(openssl, "ecparam", "-genkey", "-name", "SM2", "-out", key);
        PeerProcess.Run(openssl, "req", "-x509", "-new", "-key", key, "-sm3", "-sigopt", "distid:1234567812345678", "-out", certificate, "-days", "30", "-subj", "/CN=sm2");
        var (clear, closed) = (RandomNumberGenerator.GetBytes(200_000), Path.Combine(_folder, "sm2.p7m"));
        Close(clear, certificate, closed);
        Assert.Equal(clear, Open(closed, File.ReadAllText(key)));

        var bytes = File.ReadAllBytes(closed);
        var cms = Org.BouncyCastle.Asn1.Cms.ContentInfo.GetInstance(Org.BouncyCastle.Asn1.Asn1Object.FromByteArray(bytes));
        var data = Org.BouncyCastle.Asn1.Cms.EnvelopedData.GetInstance(cms.Content);
        var transport = (Org.BouncyCastle.Asn1.Cms.KeyTransRecipientInfo)Org.BouncyCastle.Asn1.Cms.RecipientInfo.GetInstance(data.RecipientInfos[0]).Info;
        var (encryptedKey, contentKey) = (Path.Combine(_folder, "key.bin"), Path.Combine(_folder, "key.out"));
        File.WriteAllBytes(encryptedKey, transport.EncryptedKey.GetOctets());
        PeerProcess.Run(openssl, "pkeyutl", "-decrypt", "-inkey", key, "-in", encryptedKey, "-out", contentKey);
        var (encrypted, opened) = (Path.Combine(_folder, "content.bin"), Path.Combine(_folder, "content.out"));
        File.WriteAllBytes(encrypted, data.EncryptedContentInfo.EncryptedContent.GetOctets());
        var vector = Org.BouncyCastle.Asn1.Asn1OctetString.GetInstance(data.EncryptedContentInfo.ContentEncryptionAlgorithm.Parameters).GetOctets();
        PeerProcess.Run(openssl, "enc", "-d", "-sm4-cbc", "-K", Convert.ToHexString(File.ReadAllBytes(contentKey)), "-iv", Convert.ToHexString(vector), "-in", encrypted, "-out", opened);
        Assert.Equal(clear, File.ReadAllBytes(opened));
    }

    [Fact]
    public void What_is_no_sound_certificate_is_refused()
    {
        var (key, certificate) = Pair(_folder, "good", "rsa:2048");
        var now = TimeProvider.System.GetUtcNow();
        Assert.True(RecipientCertificate.Read(File.ReadAllText(certificate), now).Ok);
        foreach (var (pem, at) in new[]
        {
            (File.ReadAllText(certificate), now.AddYears(1)), (File.ReadAllText(key), now), ("", now), ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", now),
            (File.ReadAllText(Pair(_folder, "short", "rsa:1024").Certificate), now), (File.ReadAllText(Pair(_folder, "odd", "ec:secp224r1").Certificate), now),
        })
            Assert.Equal("export.certificate", RecipientCertificate.Read(pem, at).Problem?.Code);
    }

    /// <summary>A new key and a certificate of it by OpenSSL; skips the test where that is missing.</summary>
    internal static (string Key, string Certificate) Pair(string folder, string name, string kind)
    {
        var (key, certificate) = (Path.Combine(folder, $"{name}.key"), Path.Combine(folder, $"{name}.crt"));
        var made = kind.StartsWith("ec:", StringComparison.Ordinal) ? (string[])["-newkey", "ec", "-pkeyopt", $"ec_paramgen_curve:{kind[3..]}"] : ["-newkey", kind];
        PeerProcess.Run(PeerProcess.Find("openssl"), ["req", "-x509", .. made, "-nodes", "-keyout", key, "-out", certificate, "-days", "30", "-subj", $"/CN={name}"]);
        return (key, certificate);
    }

    private static void Close(byte[] clear, string certificate, string file)
    {
        using var output = File.Create(file);
        using var closing = Envelope.Close(output, RecipientCertificate.Read(File.ReadAllText(certificate), TimeProvider.System.GetUtcNow()).Value);
        closing.Write(clear);
    }

    private static byte[] Open(string file, string key)
    {
        using var opened = Envelope.Open(File.OpenRead(file), key).Value;
        using var all = new MemoryStream();
        opened.CopyTo(all);
        return all.ToArray();
    }
}
