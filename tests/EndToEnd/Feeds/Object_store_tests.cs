using System.Security.Cryptography;
using Xunit;
using Yunnao.Lake.Objects;
using Yunnao.Lake.S3;
using Yunnao.Trust.Keys;

namespace Yunnao.Tests.EndToEnd.Feeds;

/// <summary>The contract of an object store, over files and over a real S3 server.</summary>
public sealed class Object_store_tests(S3Server s3) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("yunnao-objects-");

    public static TheoryData<string> Stores => ["files", "s3", "s3-encrypted"];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task What_was_put_is_there_by_its_hash_and_only_once(string kind)
    {
        var store = await Open(kind);
        var random = new Random(1);
        var ids = new List<string>();
        foreach (var length in (int[])[0, 1, 1000, 70_000, 20 << 20])
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            var stored = await store.PutAsync(new MemoryStream(bytes), Cancel);
            Assert.Equal(new StoredObject(Convert.ToHexStringLower(SHA256.HashData(bytes)), length), stored);
            Assert.Equal(stored, await store.PutAsync(new MemoryStream(bytes), Cancel));
            Assert.True(await store.ExistsAsync(stored.Id, Cancel));
            await using var read = (await store.OpenAsync(stored.Id, Cancel)).Value;
            Assert.Equal(length, read.Length);
            using var whole = new MemoryStream();
            await read.CopyToAsync(whole, Cancel);
            Assert.True(bytes.AsSpan().SequenceEqual(whole.ToArray()));
            Everywhere(bytes, read, random);
            ids.Add(stored.Id);
        }

        var listed = await store.ListAsync(Cancel).Select(o => o.Id).ToListAsync(Cancel);
        Assert.Equal(ids.Order(StringComparer.Ordinal), listed);
        Assert.True(await store.DeleteAsync(ids[2], Cancel));
        Assert.False(await store.DeleteAsync(ids[2], Cancel));
        Assert.False(await store.ExistsAsync(ids[2], Cancel));
        Assert.Equal("object.unknown", (await store.OpenAsync(ids[2], Cancel)).Problem?.Code);
        Assert.Equal("object.unknown", (await store.OpenAsync("../../etc/passwd", Cancel)).Problem?.Code);
        Assert.False(await store.ExistsAsync("", Cancel));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_stream_that_breaks_leaves_no_object(string kind)
    {
        var store = await Open(kind);
        await Assert.ThrowsAsync<IOException>(() => store.PutAsync(new BrokenStream(), Cancel));
        Assert.Empty(await store.ListAsync(Cancel).ToListAsync(Cancel));
        Assert.DoesNotContain(Directory.GetFiles(_folder.FullName, "*", SearchOption.AllDirectories), f => !f.Contains("ring", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task The_same_bytes_put_by_many_at_once_are_one_object(string kind)
    {
        var store = await Open(kind);
        var bytes = new byte[100_000];
        var stored = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.PutAsync(new MemoryStream(bytes), Cancel)));
        Assert.Single(stored.Distinct());
        Assert.Single(await store.ListAsync(Cancel).ToListAsync(Cancel));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task An_encrypted_bucket_holds_nothing_in_clear_and_a_changed_object_is_found()
    {
        var place = await s3.BucketAsync("objects/");
        using var store = new S3ObjectStore(place, Path.Combine(_folder.FullName, "tmp"), new ObjectCipher(Keys));
        var text = "张三 110101199003070134 "u8.ToArray();
        var id = (await store.PutAsync(new MemoryStream(text), Cancel)).Id;
        using var clear = new S3ObjectStore(place, Path.Combine(_folder.FullName, "tmp"));
        using var stored = new MemoryStream();
        await using (var raw = (await clear.OpenAsync(id, Cancel)).Value) await raw.CopyToAsync(stored, Cancel);
        Assert.True(stored.ToArray().AsSpan().IndexOf("110101199003070134"u8) < 0);

        using var client = place.Connect();
        var changed = stored.ToArray();
        changed[^1] ^= 1;
        await client.PutObjectAsync(new() { BucketName = place.Bucket, Key = $"objects/{id[..2]}/{id[2..]}", InputStream = new MemoryStream(changed), UseChunkEncoding = false }, Cancel);
        Assert.Equal("keys.sealed-damaged", (await store.OpenAsync(id, Cancel)).Problem?.Code);
        await client.PutObjectAsync(new() { BucketName = place.Bucket, Key = $"objects/{id[..2]}/{id[2..]}", InputStream = new MemoryStream(text), UseChunkEncoding = false }, Cancel);
        Assert.Equal("keys.sealed-damaged", (await store.OpenAsync(id, Cancel)).Problem?.Code);
    }

    private KeyRing Keys => KeyRing.Open(_folder.CreateSubdirectory("ring").FullName).Value;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task<IObjectStore> Open(string kind) => kind == "files"
        ? FileObjectStore.Open(Path.Combine(_folder.FullName, "objects"))
        : new S3ObjectStore(await s3.BucketAsync("objects/"), Path.Combine(_folder.FullName, "tmp"), kind == "s3" ? null : new ObjectCipher(Keys));

    /// <summary>Reads pieces from anywhere, by both ways of reading.</summary>
    private static void Everywhere(byte[] bytes, Stream read, Random random)
    {
        for (var i = 0; i < 12 && bytes.Length > 0; i++)
        {
            var from = random.Next(bytes.Length);
            var piece = new byte[Math.Min(random.Next(1, 100_000), bytes.Length - from)];
            read.Position = from;
            read.ReadExactly(piece);
            Assert.True(bytes.AsSpan(from, piece.Length).SequenceEqual(piece));
        }
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count) => throw new IOException();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException();

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) => throw new IOException();
    }
}
