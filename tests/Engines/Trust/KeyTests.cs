using System.Runtime.InteropServices;
using CsCheck;
using Xunit;
using Yunnao.Trust.Keys;

namespace Yunnao.Tests.Engines.Trust;

public sealed partial class KeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-keys-").FullName;

    public static TheoryData<Suite> Suites => [Suite.Aes, Suite.Sm];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>GB/T 32905-2016, example 1.</summary>
    [Fact]
    public void Sm3_of_abc_is_that_of_the_standard() =>
        Assert.Equal("66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0", Convert.ToHexString(Hashing.Hash(Suite.Sm, "abc"u8)));

    /// <summary>RFC 8998, appendix A.1.</summary>
    [Fact]
    public void Sm4_gcm_is_that_of_rfc_8998()
    {
        var clear = Convert.FromHexString("AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDDEEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA");
        using var aead = new Aead(Suite.Sm, [.. Convert.FromHexString("0123456789ABCDEFFEDCBA9876543210"), .. new byte[16]]);
        var output = new byte[clear.Length + Aead.TagLength];
        aead.Seal(Convert.FromHexString("00001234567800000000ABCD"), clear, output, Convert.FromHexString("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2"));
        Assert.Equal(
            "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D83DE3541E4C2B58177E065A9BF7B62EC",
            Convert.ToHexString(output));
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void A_signature_holds_for_its_data_and_key_only(Suite suite)
    {
        var (key, other) = (Signing.NewKey(suite), Signing.NewKey(suite));
        var signature = Signing.Sign(suite, key, "data"u8);
        Assert.True(Signing.Verify(suite, Signing.PublicKey(suite, key), "data"u8, signature));
        Assert.False(Signing.Verify(suite, Signing.PublicKey(suite, key), "Data"u8, signature));
        Assert.False(Signing.Verify(suite, Signing.PublicKey(suite, other), "data"u8, signature));
        signature[^1] ^= 1;
        Assert.False(Signing.Verify(suite, Signing.PublicKey(suite, key), "data"u8, signature));
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Sealed_content_is_read_whole_and_in_ranges_and_any_changed_byte_is_found(Suite suite)
    {
        using var ring = KeyRing.Open(_folder, suite).Value;
        var key = ring.Current(KeyUse.Objects, suite);
        var lengths = Gen.OneOf(Gen.Int[0, 200], Pick.Of(65_535, 65_536, 65_537, 131_072), Gen.Int[60_000, 200_000]);
        Gen.Select(lengths, Gen.Int, Gen.Double[0, 1], Gen.Double[0, 1]).Sample(
            (length, seed, from, where) =>
            {
                var clear = new byte[length];
                new Random(seed).NextBytes(clear);
                var content = Seal(clear, key);
                using (var opened = OpeningStream.Open(new MemoryStream(content), ring).Value)
                {
                    Assert.Equal(length, opened.Length);
                    var start = (int)(from * length);
                    opened.Position = start;
                    var rest = new byte[length - start];
                    opened.ReadExactly(rest);
                    Assert.True(rest.AsSpan().SequenceEqual(clear.AsSpan(start)));
                    Assert.Equal(0, opened.Read(new byte[1]));
                }

                content[(int)(where * (content.Length - 1))] ^= 0x40;
                Assert.False(ReadsAs(content, clear, ring));
            },
            iter: suite == Suite.Aes ? 200 : 40);
    }

    [Fact]
    public void Content_that_is_cut_off_lengthened_or_put_together_is_not_read()
    {
        using var ring = KeyRing.Open(_folder, Suite.Aes).Value;
        var key = ring.Current(KeyUse.Objects, Suite.Aes);
        var clear = new byte[200_000];
        var content = Seal(clear, key);
        for (var cut = 1; cut < content.Length; cut += 997) Assert.False(OpeningStream.Open(new MemoryStream(content[..^cut]), ring).Ok);
        const int Chunk = 65_536 + 16;
        Assert.False(OpeningStream.Open(new MemoryStream(content[..(32 + Chunk)]), ring).Ok);
        Assert.False(ReadsAs([.. content[..32], .. content[(32 + Chunk)..(32 + (2 * Chunk))], .. content[32..(32 + Chunk)], .. content[(32 + (2 * Chunk))..]], clear, ring));
        Assert.False(ReadsAs([.. content, 0], clear, ring));
    }

    [Fact]
    public void After_a_rotation_old_content_is_read_and_new_content_has_the_new_key()
    {
        using var ring = KeyRing.Open(_folder, Suite.Aes).Value;
        var old = Seal("old"u8.ToArray(), ring.Current(KeyUse.Objects, Suite.Aes));
        var rotated = ring.Rotate(KeyUse.Objects, Suite.Aes);
        Assert.Equal(rotated.Id, ring.Current(KeyUse.Objects, Suite.Aes).Id);
        Assert.True(ReadsAs(old, "old"u8.ToArray(), ring));
        using var again = KeyRing.Open(_folder, Suite.Aes).Value;
        Assert.Equal(rotated.Id, again.Current(KeyUse.Objects, Suite.Aes).Id);
        Assert.True(ReadsAs(old, "old"u8.ToArray(), again));
        Assert.True(ReadsAs(Seal("sm"u8.ToArray(), again.Current(KeyUse.Objects, Suite.Sm)), "sm"u8.ToArray(), again));
    }

    [Fact]
    public void Another_master_key_wraps_all_keys_again_and_the_old_one_opens_them_no_more()
    {
        byte[] content;
        var other = Path.Combine(_folder, "other.key");
        using (var ring = KeyRing.Open(_folder, Suite.Aes).Value)
        {
            content = Seal("text"u8.ToArray(), ring.Current(KeyUse.Objects, Suite.Aes));
            ring.Rewrap(FileMasterKey.Open(other, create: true, Suite.Sm).Value);
        }

        Assert.Equal("keys.unwrap", KeyRing.Open(_folder, Suite.Aes).Problem?.Code);
        using var opened = KeyRing.Open(_folder, Suite.Aes, FileMasterKey.Open(other, create: false, Suite.Sm).Value).Value;
        Assert.True(ReadsAs(content, "text"u8.ToArray(), opened));
    }

    [Fact]
    public void A_ring_that_is_lost_and_made_anew_names_none_of_the_lost_keys()
    {
        var (contents, ids) = (new List<byte[]>(), new HashSet<int>());
        for (var i = 0; i < 3; i++)
        {
            using var ring = KeyRing.Open(_folder, Suite.Aes).Value;
            foreach (var use in Enum.GetValues<KeyUse>()) Assert.True(ids.Add(ring.Current(use, Suite.Aes).Id));
            Assert.True(ids.Add(ring.Rotate(KeyUse.Objects, Suite.Aes).Id));

            // What the lost keys encrypted lacks its key, which is another thing than being damaged.
            Assert.All(contents, c => Assert.Equal("keys.unknown", OpeningStream.Open(new MemoryStream(c), ring).Problem?.Code));
            contents.Add(Seal("text"u8.ToArray(), ring.Current(KeyUse.Objects)));
            File.Delete(Path.Combine(_folder, "keys", "ring.json"));
        }
    }

    [Fact]
    public void A_missing_master_key_is_never_replaced_by_a_new_one()
    {
        KeyRing.Open(_folder, Suite.Aes).Value.Current(KeyUse.Vault, Suite.Aes);
        File.Delete(Path.Combine(_folder, "keys", "master.key"));
        Assert.Equal("keys.master-missing", KeyRing.Open(_folder, Suite.Aes).Problem?.Code);
        Assert.False(File.Exists(Path.Combine(_folder, "keys", "master.key")));
    }

    [Fact]
    public void A_security_module_wraps_the_keys()
    {
        const string Library = "/usr/lib/softhsm/libsofthsm2.so";
        Assert.SkipUnless(File.Exists(Library), "No SoftHSM here: tests/install-peers installs it.");
        var tokens = Directory.CreateDirectory(Path.Combine(_folder, "tokens")).FullName;
        var configuration = Path.Combine(_folder, "softhsm2.conf");
        File.WriteAllText(configuration, $"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n");

        // The library reads the environment of the process itself, which that of .NET is only a copy of.
        Assert.Equal(0, SetEnvironment("SOFTHSM2_CONF", configuration, 1));
        Environment.SetEnvironmentVariable("SOFTHSM2_CONF", configuration);
        using (var process = System.Diagnostics.Process.Start("softhsm2-util", ["--init-token", "--free", "--label", "yunnao", "--pin", "1234", "--so-pin", "1234"])!)
        {
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
        }

        Assert.StartsWith("keys.token", Pkcs11MasterKey.Open(Library, "other", "1234", "master", create: true).Problem?.ToString(), StringComparison.Ordinal);
        Assert.Equal("keys.module", Pkcs11MasterKey.Open(Library, "yunnao", "0000", "master", create: true).Problem?.Code);
        byte[] content;
        using (var ring = KeyRing.Open(_folder, Suite.Aes, Pkcs11MasterKey.Open(Library, "yunnao", "1234", "master", create: true).Value).Value)
        {
            content = Seal("text"u8.ToArray(), ring.Current(KeyUse.Objects, Suite.Aes));
        }

        using var again = KeyRing.Open(_folder, Suite.Aes, Pkcs11MasterKey.Open(Library, "yunnao", "1234", "master", create: false).Value).Value;
        Assert.True(ReadsAs(content, "text"u8.ToArray(), again));
        Assert.Equal("pkcs11-master", again.MasterId);
    }

    private static byte[] Seal(byte[] clear, DataKey key)
    {
        using var output = new MemoryStream();
        using (var sealing = new SealingStream(output, key, leaveOpen: true))
        {
            for (var i = 0; i < clear.Length; i += 10_007) sealing.Write(clear.AsSpan(i, Math.Min(10_007, clear.Length - i)));
        }

        return output.ToArray();
    }

    private static bool ReadsAs(byte[] content, byte[] clear, KeyRing ring)
    {
        if (!OpeningStream.Open(new MemoryStream(content), ring).Try(out var opened, out _)) return false;
        using (opened)
        {
            using var read = new MemoryStream();
            try
            {
                opened.CopyTo(read);
            }
            catch (InvalidDataException)
            {
                return false;
            }

            return read.ToArray().AsSpan().SequenceEqual(clear);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
