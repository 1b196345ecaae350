using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;

namespace Yunnao.Trust.Envelopes;

/// <summary>A short text encrypted to an SM2 key (GB/T 32918.4), as SEQUENCE { x, y, hash, text } of GB/T 35276.</summary>
internal static class Sm2Key
{
    private const int Number = 32, Point = 1 + (2 * Number);

    /// <summary>The recommended curve of GB/T 32918.5.</summary>
    public static DerObjectIdentifier Curve { get; } = new("1.2.156.10197.1.301");

    public static byte[] Encrypt(ECPublicKeyParameters key, byte[] text)
    {
        var engine = new SM2Engine(SM2Engine.Mode.C1C3C2);
        engine.Init(true, new ParametersWithRandom(key, new SecureRandom()));
        var parts = engine.ProcessBlock(text, 0, text.Length);
        return new DerSequence(
            new DerInteger(new BigInteger(1, parts, 1, Number)), new DerInteger(new BigInteger(1, parts, 1 + Number, Number)),
            new DerOctetString(parts[Point..(Point + Number)]), new DerOctetString(parts[(Point + Number)..])).GetEncoded();
    }

    public static byte[] Decrypt(ECPrivateKeyParameters key, byte[] der)
    {
        var parts = Asn1Sequence.GetInstance(der);
        byte[] joined = [4, .. Fixed(parts[0]), .. Fixed(parts[1]), .. Asn1OctetString.GetInstance(parts[2]).GetOctets(), .. Asn1OctetString.GetInstance(parts[3]).GetOctets()];
        var engine = new SM2Engine(SM2Engine.Mode.C1C3C2);
        engine.Init(false, key);
        return engine.ProcessBlock(joined, 0, joined.Length);
    }

    private static byte[] Fixed(Asn1Encodable number)
    {
        var bytes = DerInteger.GetInstance(number).PositiveValue.ToByteArrayUnsigned();
        return [.. new byte[Number - bytes.Length], .. bytes];
    }
}
