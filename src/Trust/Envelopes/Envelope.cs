using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;
using Org.BouncyCastle.Asn1.X509;
using Yunnao.Kernel;

namespace Yunnao.Trust.Envelopes;

/// <summary>
/// A file closed for one recipient: CMS EnvelopedData (RFC 5652, section 6) in BER, of any length in little memory. <c>openssl cms -decrypt</c> opens it,
/// and so does <see cref="Open"/>. It hides; that nobody changed it is proved by its hash in a signed manifest.
/// </summary>
public static class Envelope
{
    /// <summary>What is added to the name of a file.</summary>
    public const string Ending = ".p7m";

    /// <summary>Bytes of one part of the content.</summary>
    internal const int Part = 1 << 16;

    private const int ForKeyTransport = 0, ForKeyAgreement = 2;

    /// <summary>A stream that closes what is written to it; the output is whole, and still open, when it is disposed.</summary>
    public static Stream Close(Stream output, RecipientCertificate recipient)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(recipient);
        var key = ContentCipher.NewKey(recipient.Kind);
        var cipher = ContentCipher.New(recipient.Kind);
        Begin(output, recipient.Kind == EnvelopeKind.EllipticCurve ? ForKeyAgreement : ForKeyTransport, RecipientKeys.Give(recipient, key), cipher);
        var content = ContentCipher.Encrypt(new OctetStream(output), cipher, key);
        CryptographicOperations.ZeroMemory(key);
        return content;
    }

    /// <summary>The clear bytes; owns the input. Problems: <c>export.envelope</c> (it is none, or of another kind), <c>export.key</c> (the key does not open it).</summary>
    /// <param name="privateKey">PEM, not encrypted.</param>
    public static Result<Stream> Open(Stream input, string privateKey)
    {
        ArgumentNullException.ThrowIfNull(input);
        var opened = Read(new BufferedStream(input, Part), privateKey);
        if (!opened.Ok) input.Dispose();
        return opened;
    }

    private static Result<Stream> Read(Stream input, string privateKey)
    {
        try
        {
            if (new Asn1StreamParser(input).ReadObject() is not Asn1SequenceParser outer) return NoEnvelope;
            var content = new ContentInfoParser(outer);
            if (!CmsObjectIdentifiers.EnvelopedData.Equals(content.ContentType)) return NoEnvelope;
            var parser = new EnvelopedDataParser((Asn1SequenceParser)content.GetContent(Asn1Tags.Sequence));
            var recipients = Asn1Set.GetInstance(parser.GetRecipientInfos().ToAsn1Object());
            var encrypted = parser.GetEncryptedContentInfo();
            if (RecipientKeys.Take(recipients, privateKey) is not { } key) return new Problem(ProblemKind.Forbidden, "export.key", "This private key does not open the file: it was closed for another certificate, or the key is encrypted itself (openssl pkey writes it in clear).");
            var octets = (Asn1OctetStringParser)encrypted.GetEncryptedContent(Asn1Tags.OctetString);
            return ContentCipher.Decrypt(octets.GetOctetStream(), encrypted.ContentEncryptionAlgorithm, key) is { } clear ? clear : NoEnvelope;
        }
        catch (Exception e) when (e is IOException or Asn1Exception or Asn1ParsingException or InvalidCastException or ArgumentException or NullReferenceException or InvalidOperationException)
        {
            return NoEnvelope;
        }
    }

    private static Problem NoEnvelope { get; } = new(ProblemKind.Incorrect, "export.envelope", "The file is no CMS envelope of RSA, an elliptic curve or SM2 with AES-256-CBC or SM4-CBC, or it is damaged.");

    /// <summary>All up to the content. Lengths are not known, so what is around it is of indefinite length.</summary>
    private static void Begin(Stream output, int version, RecipientInfo recipient, AlgorithmIdentifier cipher)
    {
        ReadOnlySpan<byte> sequence = [0x30, 0x80], tagged = [0xA0, 0x80];
        output.Write(sequence);
        output.Write(CmsObjectIdentifiers.EnvelopedData.GetDerEncoded());
        output.Write(tagged);
        output.Write(sequence);
        output.Write(DerInteger.ValueOf(version).GetDerEncoded());
        output.Write(new DerSet(recipient).GetDerEncoded());
        output.Write(sequence);
        output.Write(CmsObjectIdentifiers.Data.GetDerEncoded());
        output.Write(cipher.GetDerEncoded());
        output.Write(tagged);
    }

    /// <summary>The encrypted content as octet strings of <see cref="Part"/> bytes, and the ends of what <see cref="Begin"/> began.</summary>
    private sealed class OctetStream(Stream output) : Stream
    {
        private const int Begun = 5;

        private readonly byte[] _part = new byte[Part];
        private int _filled;
        private bool _ended;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            while (!buffer.IsEmpty)
            {
                var some = Math.Min(buffer.Length, Part - _filled);
                buffer[..some].CopyTo(_part.AsSpan(_filled));
                _filled += some;
                buffer = buffer[some..];
                if (_filled == Part) Give();
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_ended)
            {
                _ended = true;
                if (_filled > 0) Give();
                output.Write(new byte[2 * Begun]);
            }

            base.Dispose(disposing);
        }

        private void Give()
        {
            // Tag, that three bytes of length follow, and the length.
            output.Write([0x04, 0x83, (byte)(_filled >> 16), (byte)(_filled >> 8), (byte)_filled]);
            output.Write(_part, 0, _filled);
            _filled = 0;
        }
    }
}
