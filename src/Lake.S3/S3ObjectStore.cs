using System.Net;
using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;
using Yunnao.Kernel;
using Yunnao.Lake.Objects;

namespace Yunnao.Lake.S3;

/// <summary>
/// Objects in a bucket: <c>PREFIXab/cdef…</c>, named by their hash like the files of <see cref="FileObjectStore"/>. The name is known when
/// all bytes are, so they are written to a temporary file first; an upload that is cut off leaves no object. With a cipher everything is encrypted before
/// it is written anywhere, the temporary file included, and what is not encrypted is no object of the store.
/// </summary>
public sealed class S3ObjectStore : IObjectStore, IDisposable
{
    private readonly S3Place _place;
    private readonly IAmazonS3 _client;
    private readonly string _temporaryFolder;
    private readonly IObjectCipher? _cipher;

    /// <param name="temporaryFolder">Where bytes wait for their hash; without a cipher they may be patients' data.</param>
    /// <param name="cipher">Encrypts all objects; null to encrypt nothing.</param>
    public S3ObjectStore(S3Place place, string temporaryFolder, IObjectCipher? cipher = null)
    {
        (_place, _client, _temporaryFolder, _cipher) = (place, place.Connect(), temporaryFolder, cipher);
        Directory.CreateDirectory(temporaryFolder);
    }

    /// <inheritdoc/>
    /// <exception cref="AmazonS3Exception">The server does not take the object.</exception>
    public async Task<StoredObject> PutAsync(Stream bytes, CancellationToken cancellation)
    {
        var waiting = new FileStream(
            Path.Combine(_temporaryFolder, Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        await using (waiting.ConfigureAwait(false))
        {
            var stored = await WriteAsync(bytes, waiting, cancellation).ConfigureAwait(false);
            var id = stored.Id;
            if (await LengthAsync(id, cancellation).ConfigureAwait(false) == stored.Length) return stored;
            waiting.Position = 0;
            using var transfer = new TransferUtility(_client);
            var request = new TransferUtilityUploadRequest { BucketName = _place.Bucket, Key = KeyOf(id), InputStream = waiting, AutoCloseStream = false };
            await transfer.UploadAsync(request, cancellation).ConfigureAwait(false);
            return stored;
        }
    }

    /// <inheritdoc/>
    public async Task<Result<Stream>> OpenAsync(string id, CancellationToken cancellation)
    {
        if (await LengthAsync(id, cancellation).ConfigureAwait(false) is not { } length)
            return new Problem(ProblemKind.NotFound, "object.unknown", "The object store has no such object.");
        if (_cipher is null) return new S3RangeStream(_client, _place.Bucket, KeyOf(id), length);
        var encrypted = new S3RangeStream(_client, _place.Bucket, KeyOf(id), await SizeAsync(id, cancellation).ConfigureAwait(false) ?? 0);
        var opened = _cipher.Open(encrypted);
        if (!opened.Ok) await encrypted.DisposeAsync().ConfigureAwait(false);
        return opened;
    }

    /// <inheritdoc/>
    public async Task<bool> ExistsAsync(string id, CancellationToken cancellation) => await LengthAsync(id, cancellation).ConfigureAwait(false) is not null;

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredObject> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        // Keys are listed in the order of their bytes, which is that of the ids.
        var request = new ListObjectsV2Request { BucketName = _place.Bucket, Prefix = _place.Prefix };
        ListObjectsV2Response page;
        do
        {
            page = await _client.ListObjectsV2Async(request, cancellation).ConfigureAwait(false);
            foreach (var found in page.S3Objects ?? [])
            {
                var id = found.Key[_place.Prefix.Length..].Replace("/", "", StringComparison.Ordinal);
                if (ObjectId.IsValid(id) && found.Key == KeyOf(id)) yield return new(id, ClearLength(found.Size ?? 0));
            }

            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated ?? false);
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(string id, CancellationToken cancellation)
    {
        if (!await ExistsAsync(id, cancellation).ConfigureAwait(false)) return false;
        await _client.DeleteObjectAsync(_place.Bucket, KeyOf(id), cancellation).ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private string KeyOf(string id) => $"{_place.Prefix}{id[..2]}/{id[2..]}";

    /// <summary>Copies and hashes the clear bytes; what is written is encrypted where the store encrypts.</summary>
    private async Task<StoredObject> WriteAsync(Stream bytes, FileStream waiting, CancellationToken cancellation)
    {
        if (_cipher is null) return await ObjectId.CopyAsync(bytes, waiting, cancellation).ConfigureAwait(false);
        var encrypting = _cipher.Seal(waiting);
        await using (encrypting.ConfigureAwait(false)) return await ObjectId.CopyAsync(bytes, encrypting, cancellation).ConfigureAwait(false);
    }

    private long ClearLength(long size) => _cipher is null ? size : _cipher.ClearLength(size);

    private async Task<long?> LengthAsync(string id, CancellationToken cancellation) =>
        await SizeAsync(id, cancellation).ConfigureAwait(false) is { } size ? ClearLength(size) : null;

    /// <summary>Bytes as they are stored.</summary>
    private async Task<long?> SizeAsync(string id, CancellationToken cancellation)
    {
        if (!ObjectId.IsValid(id)) return null;
        try
        {
            return (await _client.GetObjectMetadataAsync(_place.Bucket, KeyOf(id), cancellation).ConfigureAwait(false)).ContentLength;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }
}
