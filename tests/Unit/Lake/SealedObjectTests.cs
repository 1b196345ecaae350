using System.Security.Cryptography;
using System.Text;
using Xunit;
using Yunnao.Lake.Objects;
using Yunnao.Trust.Keys;

namespace Yunnao.Tests.Unit.Lake;

/// <summary>A store that encrypts: the same ids, the same bytes, and on the disk nothing of them.</summary>
public sealed class SealedObjectTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-sealed-").FullName;
    private readonly KeyRing _keys;

    public SealedObjectTests() => _keys = KeyRing.Open(_folder).Value;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Objects => Path.Combine(_folder, "objects");

    private FileObjectStore Store() => FileObjectStore.Open(Objects, new ObjectCipher(_keys));

    public void Dispose()
    {
        _keys.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(65_536)]
    [InlineData(1_300_000)]
    public async Task An_object_has_the_name_and_length_of_its_clear_bytes_and_is_nowhere_in_clear(int length)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++) bytes[i] = (byte)"Zhang San "[i % 10];
        var store = Store();
        var stored = await store.PutAsync(new MemoryStream(bytes), Token);
        Assert.Equal((Convert.ToHexStringLower(SHA256.HashData(bytes)), length), (stored.Id, stored.Length));
        Assert.Equal(stored, Assert.Single(await store.ListAsync(Token).ToListAsync(Token)));
        Assert.Equal(bytes, await ReadAsync(store, stored.Id));
        foreach (var file in Directory.GetFiles(Objects, "*", SearchOption.AllDirectories)) Assert.DoesNotContain("Zhang", Encoding.Latin1.GetString(File.ReadAllBytes(file)), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(Objects, "tmp")));
    }

    [Fact]
    public async Task Bytes_are_in_clear_only_while_they_are_worked_on()
    {
        var store = Store();
        await using (var received = await store.ReceiveAsync(new MemoryStream("Zhang San"u8.ToArray()), Token))
        {
            Assert.Equal("Zhang San", await File.ReadAllTextAsync(received.Path, Token));
            await received.KeepAsync();
        }

        Assert.Empty(Directory.GetFiles(Path.Combine(Objects, "tmp")));
        var id = Convert.ToHexStringLower(SHA256.HashData("Zhang San"u8));
        await using (var again = (await store.ReceivedAsync(id, Token)).Value) Assert.Equal("Zhang San", await File.ReadAllTextAsync(again.Path, Token));
        Assert.Empty(Directory.GetFiles(Path.Combine(Objects, "tmp")));
        Assert.Equal("object.unknown", (await store.ReceivedAsync(new('0', 64), Token)).Problem?.Code);
    }

    [Fact]
    public async Task What_is_received_sealed_is_never_in_clear_on_the_disk_and_can_be_read_before_it_is_kept()
    {
        var (store, clear) = (Store(), Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("Zhang San ", 200_000))));
        await using var received = await store.ReceiveSealedAsync(new Watched(clear, AssertNowhere), Token);
        AssertNowhere();
        using (var read = received.Open().Value)
        {
            var again = new byte[read.Length];
            await read.ReadExactlyAsync(again, Token);
            Assert.True(clear.AsSpan().SequenceEqual(again));
        }

        await received.KeepAsync();
        AssertNowhere();
        Assert.Equal(clear, await ReadAsync(store, received.Object.Id));

        void AssertNowhere()
        {
            foreach (var file in Directory.GetFiles(Objects, "*", SearchOption.AllDirectories)) Assert.DoesNotContain("Zhang", Encoding.Latin1.GetString(File.ReadAllBytes(file)), StringComparison.Ordinal);
        }
    }

    /// <summary>Looks at the disk whenever more is asked for.</summary>
    private sealed class Watched(byte[] bytes, Action look) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            look();
            return base.ReadAsync(buffer, cancellationToken);
        }
    }

    [Fact]
    public async Task What_was_stored_in_clear_or_under_an_older_key_is_read_and_renewed()
    {
        var old = await FileObjectStore.Open(Objects).PutAsync(new MemoryStream("Li Si"u8.ToArray()), Token);
        var store = Store();
        var first = await store.PutAsync(new MemoryStream("Wang Wu"u8.ToArray()), Token);
        _keys.Rotate(KeyUse.Objects, Suite.Sm);
        _keys.Rotate(KeyUse.Objects, Suite.Aes);
        Assert.Equal("Li Si"u8.ToArray(), await ReadAsync(store, old.Id));
        Assert.Equal(2, (await store.ResealAsync(Token)).Value);
        Assert.Equal(0, (await store.ResealAsync(Token)).Value);
        Assert.Equal("Li Si"u8.ToArray(), await ReadAsync(store, old.Id));
        Assert.Equal("Wang Wu"u8.ToArray(), await ReadAsync(store, first.Id));
    }

    [Fact]
    public async Task A_changed_byte_is_told_and_not_read()
    {
        var store = Store();
        var stored = await store.PutAsync(new MemoryStream(new byte[200_000]), Token);
        var file = Path.Combine(Objects, stored.Id[..2], stored.Id[2..]);
        var bytes = await File.ReadAllBytesAsync(file, Token);
        bytes[70_000] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Token);
        Assert.Equal("keys.sealed-damaged", (await store.ReceivedAsync(stored.Id, Token)).Problem?.Code);
        Assert.Empty(Directory.GetFiles(Path.Combine(Objects, "tmp")));
    }

    private static async Task<byte[]> ReadAsync(FileObjectStore store, string id)
    {
        await using var stream = (await store.OpenAsync(id, Token)).Value;
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, Token);
        return bytes.ToArray();
    }
}
