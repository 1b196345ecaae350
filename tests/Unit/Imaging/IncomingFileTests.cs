using System.Security.Cryptography;
using Xunit;
using Yunnao.Lake.Objects;
using Yunnao.Services.Imaging.Store;
using Yunnao.Trust.Keys;

namespace Yunnao.Tests.Unit.Imaging;

/// <summary>A file is encrypted and written ahead as it comes, past the memory of the system where it is flushed, and hashed then or later; what comes out does not depend on it, nor on who sends beside.</summary>
public sealed class IncomingFileTests : IDisposable
{
    private const int LargestInMemory = 2 << 20;
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-incoming-").FullName;
    private readonly KeyRing _keys;
    private readonly FileObjectStore _objects;

    public IncomingFileTests()
    {
        _keys = KeyRing.Open(_folder, Suite.Aes).Value;
        _objects = FileObjectStore.Open(Path.Combine(_folder, "objects"), new ObjectCipher(_keys));
    }

    public void Dispose()
    {
        _keys.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(3, true)]
    [InlineData(3, false)]
    public async Task Files_of_many_runs_in_pieces_of_any_length_come_back_as_they_were_sent_with_their_hash(int senders, bool flushes)
    {
        using var packs = PackFolder.Open(Path.Combine(_folder, "packs"), 1 << 30, _keys, flushes: flushes);
        await Task.WhenAll(Enumerable.Range(0, senders).Select(s => Task.Run(() => SendAsync(packs, new Random(s)), TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task A_file_that_grows_too_long_becomes_an_object_and_one_that_is_given_up_leaves_nothing()
    {
        using var packs = PackFolder.Open(Path.Combine(_folder, "packs"), 1 << 30, _keys);
        var sent = new byte[LargestInMemory + 1];
        new Random(5).NextBytes(sent);
        using (var run = packs.Tail.Begin())
        {
            await using (var given = new IncomingFile(_objects, _keys, LargestInMemory, 0, run)) await given.AppendAsync(sent.AsMemory(0, 1 << 20));
            await using var file = new IncomingFile(_objects, _keys, LargestInMemory, 0, run);
            foreach (var piece in sent.Chunk(300_000)) await file.AppendAsync(piece);
            Assert.Equal(SHA256.HashData(sent), (await file.ReadAsync()).Hash);
            Assert.True(file.IsObject);
        }

        Assert.Equal(0, packs.Tail.End);
    }

    [Fact]
    public async Task What_is_erased_stays_so_when_the_next_file_begins_in_the_page_where_it_ended()
    {
        using var packs = PackFolder.Open(Path.Combine(_folder, "packs"), 1 << 30, _keys);
        var (first, erased) = await StoreAsync(packs, 300_000);
        packs.Erase(first);
        var (next, sent) = await StoreAsync(packs, 300_001);
        var pack = await File.ReadAllBytesAsync(Path.Combine(_folder, "packs", "00000001.pack"), TestContext.Current.CancellationToken);
        Assert.True(packs.ReadRecord(1, first.Offset)!.IsErased);
        Assert.Equal(-1, pack.AsSpan(PackRecord.HeaderLength, (int)next.Offset - PackRecord.HeaderLength).IndexOfAnyExcept((byte)0));
        Assert.NotEqual(-1, erased.AsSpan().IndexOfAnyExcept((byte)0));
        using var kept = packs.Open(next);
        var read = new byte[sent.Length];
        kept.Read(0, read);
        Assert.Equal(sent, read);
    }

    private async Task<(PackPlace Place, byte[] Sent)> StoreAsync(PackFolder packs, int length)
    {
        var sent = new byte[length];
        new Random(length).NextBytes(sent);
        using var run = packs.Tail.Begin();
        await using var file = new IncomingFile(_objects, _keys, LargestInMemory, length, run);
        await file.AppendAsync(sent);
        await file.ReadAsync();
        var place = packs.Tail.Append([new(new(IsObject: false, IsErased: false, length, [], 0, "org", "sender") { IsSealed = true }, file.Sealed, file.Ahead)])[0];
        return (place, sent);
    }

    private async Task SendAsync(PackFolder packs, Random random)
    {
        for (var round = 0; round < 12; round++)
        {
            var (sent, files) = (new List<byte[]>(), new List<IncomingFile>());
            using var run = packs.Tail.Begin();
            var count = random.Next(1, 4);
            for (var i = 0; i < count; i++)
            {
                var bytes = new byte[random.Next(1, LargestInMemory)];
                random.NextBytes(bytes);
                var file = new IncomingFile(_objects, _keys, LargestInMemory, random.Next(2) * bytes.Length, run);
                for (int at = 0, piece; at < bytes.Length; at += piece)
                {
                    piece = Math.Min(bytes.Length - at, random.Next(1, 300_000));
                    await file.AppendAsync(bytes.AsMemory(at, piece));
                }

                if (i < count - 1 || random.Next(2) == 0) file.Complete();
                sent.Add(bytes);
                files.Add(file);
            }

            var entries = new List<PackEntry>();
            foreach (var file in files)
            {
                var hash = (await file.ReadAsync()).Hash;
                entries.Add(new(new(IsObject: false, IsErased: false, file.Length, hash, 0, "org", "sender") { IsSealed = true }, file.Sealed, file.Ahead));
            }

            var places = packs.Tail.Append(entries);
            for (var i = 0; i < files.Count; i++)
            {
                Assert.Equal(SHA256.HashData(sent[i]), entries[i].Record.Hash);
                using var kept = packs.Open(places[i]);
                var read = new byte[sent[i].Length];
                kept.Read(0, read);
                Assert.Equal(sent[i], read);
                await files[i].DisposeAsync();
            }
        }
    }
}
