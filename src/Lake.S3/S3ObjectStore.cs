using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;
using Yunnao.Kernel;
using Yunnao.Lake.Objects;

namespace Yunnao.Lake.S3;

/// <summary>
/// Objects in a bucket: <c>PREFIXab/cdef…</c>, named by their hash like the files of <see cref="FileObjectStore"/>. The name is known when
/// all bytes are, so they are written to a temporary file first; an upload that is cut off leaves no object.
/// </summary>
public sealed class S3ObjectStore : IObjectStore, IDisposable
{
    private readonly S3Place _place;
    private readonly IAmazonS3 _client;
    private readonly string _temporaryFolder;

    /// <param name="temporaryFolder">Where bytes wait for their hash; they may be patients' data.</param>
    public S3ObjectStore(S3Place place, string temporaryFolder)
    {
        (_place, _client, _temporaryFolder) = (place, place.Connect(), temporaryFolder);
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
            await bytes.CopyToAsync(waiting, cancellation).ConfigureAwait(false);
            waiting.Position = 0;
            var id = Convert.ToHexStringLower(await SHA256.HashDataAsync(waiting, cancellation).ConfigureAwait(false));
            var stored = new StoredObject(id, waiting.Length);
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
        return new S3RangeStream(_client, _place.Bucket, KeyOf(id), length);
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
                if (ObjectId.IsValid(id) && found.Key == KeyOf(id)) yield return new(id, found.Size ?? 0);
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

    private async Task<long?> LengthAsync(string id, CancellationToken cancellation)
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
