using System.Security.Cryptography;
using CsCheck;
using Xunit;
using Yunnao.Lake.Objects;

namespace Yunnao.Tests.Unit.Lake;

public sealed class FileObjectStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-objects-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public Task What_is_put_comes_out_under_its_hash() => Gen.Byte.Array[0, 20_000].SampleAsync(
        async bytes =>
        {
            var store = FileObjectStore.Open(_folder);
            var stored = await store.PutAsync(new Trickle(bytes), Token);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), stored.Id);
            Assert.Equal(bytes.Length, stored.Length);
            await using var stream = (await store.OpenAsync(stored.Id, Token)).Value;
            var copy = new byte[bytes.Length];
            await stream.ReadExactlyAsync(copy, Token);
            Assert.Equal(bytes, copy);
            Assert.Equal(-1, stream.ReadByte());
        },
        iter: 50);

    [Fact]
    public async Task An_object_larger_than_the_buffers_keeps_its_bytes()
    {
        var bytes = new byte[(9 << 20) + 17];
        new Random(1).NextBytes(bytes);
        var store = FileObjectStore.Open(_folder);
        var stored = await store.PutAsync(new MemoryStream(bytes), Token);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), stored.Id);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(store.PathOf(stored.Id), Token));
    }

    [Fact]
    public async Task The_same_bytes_twice_are_one_object()
    {
        var store = FileObjectStore.Open(_folder);
        var first = await store.PutAsync(new MemoryStream([1, 2, 3]), Token);
        var second = await store.PutAsync(new MemoryStream([1, 2, 3]), Token);
        Assert.Equal(first, second);
        Assert.Equal([first], await store.ListAsync(Token).ToListAsync(Token));
        Assert.True(await store.DeleteAsync(first.Id, Token));
        Assert.False(await store.DeleteAsync(first.Id, Token));
        Assert.False(await store.ExistsAsync(first.Id, Token));
        Assert.Equal("object.unknown", (await store.OpenAsync(first.Id, Token)).Problem?.Code);
    }

    [Fact]
    public async Task A_stream_that_breaks_leaves_no_object_and_no_file()
    {
        var store = FileObjectStore.Open(_folder);
        await Assert.ThrowsAsync<IOException>(() => store.PutAsync(new Trickle(new byte[100], breaksAt: 50), Token));
        Assert.Empty(await store.ListAsync(Token).ToListAsync(Token));
        Assert.Empty(Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Opening_removes_what_a_crash_left_but_not_what_a_living_writer_holds()
    {
        var abandoned = Path.Combine(_folder, "tmp", "abandoned");
        Directory.CreateDirectory(Path.GetDirectoryName(abandoned)!);
        await File.WriteAllBytesAsync(abandoned, [1], Token);
        var living = Path.Combine(_folder, "tmp", "living");
        using (var writer = new HashingWriter(living, null, needsClear: true))
        {
            FileObjectStore.Open(_folder);
            Assert.False(File.Exists(abandoned));
            Assert.True(File.Exists(living));
        }

        FileObjectStore.Open(_folder);
        Assert.False(File.Exists(living));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../etc/passwd")]
    [InlineData("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    public async Task What_is_not_a_hash_is_not_an_object(string id)
    {
        var store = FileObjectStore.Open(_folder);
        Assert.False(await store.ExistsAsync(id, Token));
        Assert.Equal("object.unknown", (await store.OpenAsync(id, Token)).Problem?.Code);
    }

    /// <summary>Gives a few bytes at a time and, if told, breaks.</summary>
    private sealed class Trickle(byte[] bytes, int breaksAt = int.MaxValue) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position >= breaksAt) throw new IOException("The line broke.");
            return base.ReadAsync(buffer[..Math.Min(buffer.Length, 13)], cancellationToken);
        }
    }
}
