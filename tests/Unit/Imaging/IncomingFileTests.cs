using System.Security.Cryptography;
using Xunit;
using Yunnao.Lake.Objects;
using Yunnao.Services.Imaging.Store;
using Yunnao.Trust.Keys;

namespace Yunnao.Tests.Unit.Imaging;

/// <summary>A file is encrypted and written ahead as it comes, and hashed then or when the disk is waited for; what comes out does not depend on it, nor on who sends beside.</summary>
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
        using var packs = PackFolder.Open(Path.Combine(_folder, "packs"), 1 << 30, _keys);
        await Task.WhenAll(Enumerable.Range(0, senders).Select(s => Task.Run(() => SendAsync(packs, new Random(s), flushes), TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task A_file_that_grows_too_long_becomes_an_object_and_one_that_is_given_up_leaves_nothing()
    {
        using var packs = PackFolder.Open(Path.Combine(_folder, "packs"), 1 << 30, _keys);
        var sent = new byte[LargestInMemory + 1];
        new Random(5).NextBytes(sent);
        using (var run = packs.Begin())
        {
            await using (var given = new IncomingFile(_objects, _keys, LargestInMemory, 0, run, flushes: true)) await given.AppendAsync(sent.AsMemory(0, 1 << 20));
            await using var file = new IncomingFile(_objects, _keys, LargestInMemory, 0, run, flushes: true);
            foreach (var piece in sent.Chunk(300_000)) await file.AppendAsync(piece);
            Assert.Equal(SHA256.HashData(sent), (await file.ReadAsync()).Hash);
            Assert.True(file.IsObject);
        }

        Assert.Equal(0, packs.End);
    }

    private async Task SendAsync(PackFolder packs, Random random, bool flushes)
    {
        for (var round = 0; round < 12; round++)
        {
            var (sent, files) = (new List<byte[]>(), new List<IncomingFile>());
            using var run = packs.Begin();
            var count = random.Next(1, 4);
            for (var i = 0; i < count; i++)
            {
                var bytes = new byte[random.Next(1, LargestInMemory)];
                random.NextBytes(bytes);
                var file = new IncomingFile(_objects, _keys, LargestInMemory, random.Next(2) * bytes.Length, run, flushes);
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

            var places = packs.Append(entries);
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
