"""Random ai.onnx.ml models and what ONNX Runtime answers to them, for test/onnx/engine.test.ts.

pip install onnx==1.23.2 onnxruntime==1.32.0 numpy; then: python scripts/onnx-engine-cases.py ml.json tensor.json
One thread, because the engine's sums depend on the number of threads. Cases whose answers hold uninitialised memory of
the engine (PROBIT with one score for two classes) are left out by hand.
"""
import numpy as np, onnx, onnxruntime as ort, json, base64, sys
from onnx import helper as h, TensorProto as T, numpy_helper as nh
rng=np.random.default_rng(1)
so=ort.SessionOptions(); so.intra_op_num_threads=1; so.log_severity_level=4
out=[]
NP={T.FLOAT:np.float32,T.DOUBLE:np.float64,T.INT64:np.int64,T.INT32:np.int32,T.STRING:object}
def case(name,op,feeds,outs,attrs,ml=3,domain='ai.onnx.ml',opset=17):
    ins=[(k,v) for k,v in feeds.items()]
    def tt(v): return T.STRING if v.dtype==object else h.np_dtype_to_tensor_dtype(v.dtype)
    node=h.make_node(op,[k for k,_ in ins],outs,domain=domain,**attrs)
    g=h.make_graph([node],'g',[h.make_tensor_value_info(k,tt(v),v.shape) for k,v in ins],[h.make_value_info(o,onnx.TypeProto()) for o in outs])
    ops=[h.make_opsetid('',opset),h.make_opsetid('ai.onnx.ml',ml)]
    if domain=='com.microsoft': ops.append(h.make_opsetid('com.microsoft',1))
    m=h.make_model(g,opset_imports=ops,ir_version=8)
    try:
        r=ort.InferenceSession(m.SerializeToString(),so).run(None,feeds)
    except Exception as e:
        out.append({'name':name,'error':str(e)[:200]}); print(name,str(e)[:160]); return
    # fill in output types
    del g.output[:]
    for o,v in zip(outs,r):
        if isinstance(v,np.ndarray): g.output.append(h.make_tensor_value_info(o,tt(v),v.shape))
        else: 
            vi=g.output.add(); vi.name=o
    m=h.make_model(g,opset_imports=ops,ir_version=8)
    enc=lambda v: base64.b64encode(nh.from_array(v).SerializeToString()).decode()
    rec={'name':name,'model':base64.b64encode(m.SerializeToString()).decode(),'feeds':{k:enc(v) for k,v in feeds.items()},'want':[enc(v) if isinstance(v,np.ndarray) else [{str(a):float(b) for a,b in d.items()} for d in v] for v in r]}
    out.append(rec)
def trees(ntrees,nf,depth,targets,modes=('BRANCH_LEQ',),double=False,multi=False,pos=False,ids=None):
    a=dict(nodes_treeids=[],nodes_nodeids=[],nodes_featureids=[],nodes_modes=[],nodes_values=[],nodes_truenodeids=[],nodes_falsenodeids=[],nodes_missing_value_tracks_true=[])
    L=dict(treeids=[],nodeids=[],ids=[],weights=[])
    for t in range(ntrees):
        nid=[0]
        def build(d):
            me=nid[0]; nid[0]+=1
            leaf=d==0 or rng.random()<0.15 and d<depth
            i=len(a['nodes_treeids'])
            a['nodes_treeids'].append(t);a['nodes_nodeids'].append(me)
            a['nodes_featureids'].append(int(rng.integers(nf)) if not leaf else 0)
            a['nodes_modes'].append('LEAF' if leaf else str(rng.choice(modes)))
            a['nodes_values'].append(float(np.float32(rng.choice([rng.normal(),rng.integers(-2,3)]))) if not leaf else 0.)
            a['nodes_missing_value_tracks_true'].append(int(rng.integers(2)))
            a['nodes_truenodeids'].append(0);a['nodes_falsenodeids'].append(0)
            if leaf:
                ks=range(targets) if multi else [int(rng.choice(ids if ids is not None else range(targets)))]
                for k in ks:
                    L['treeids'].append(t);L['nodeids'].append(me);L['ids'].append(k)
                    w=rng.normal(); L['weights'].append(abs(w)/ntrees if pos else w)
            else:
                a['nodes_truenodeids'][i]=build(d-1);a['nodes_falsenodeids'][i]=build(d-1)
            return me
        build(depth)
    return a,L
def X(n,nf,dt=np.float32,nan=True):
    x=rng.normal(size=(n,nf)); x[rng.random((n,nf))<.2]=rng.integers(-2,3)
    if nan and dt in(np.float32,np.float64): x[rng.random((n,nf))<.1]=np.nan
    return (x*(1 if dt in(np.float32,np.float64) else 2)).astype(dt)
MODES=['BRANCH_LEQ','BRANCH_LT','BRANCH_GTE','BRANCH_GT','BRANCH_EQ','BRANCH_NEQ']
for i in range(60):
    targets=int(rng.choice([1,1,2,3])); post=str(rng.choice(['NONE','LOGISTIC','SOFTMAX','SOFTMAX_ZERO','PROBIT']))
    agg=str(rng.choice(['SUM','AVERAGE','MIN','MAX'])); dt=[np.float32,np.float64,np.int64,np.int32][int(rng.choice([0,0,1,2,3]))]
    modes=MODES if rng.random()<.4 else [str(rng.choice(MODES))]
    a,L=trees(int(rng.integers(1,20)),5,4,targets,modes,multi=rng.random()<.6)
    base={} 
    b=rng.random()
    if b<.3: base=dict(base_values=[float(v) for v in rng.normal(size=targets)])
    elif b<.4 and targets==1: base=dict(base_values=[0.25])
    ml=3
    at=dict(**a,n_targets=targets,target_treeids=L['treeids'],target_nodeids=L['nodeids'],target_ids=L['ids'],post_transform=post,aggregate_function=agg)
    W=L['weights']
    if dt==np.float64 and rng.random()<.7:
        at['nodes_values_as_tensor']=nh.from_array(np.array(at.pop('nodes_values'),dtype=np.float64)+1e-9)
        at['target_weights_as_tensor']=nh.from_array(np.array(W,dtype=np.float64))
        if base: at['base_values_as_tensor']=nh.from_array(np.array(base['base_values'],dtype=np.float64))
    else: at['target_weights']=W; at.update(base)
    case(f'reg{i}-{targets}-{post}-{agg}-{dt.__name__}-{len(base.get("base_values",[]))}','TreeEnsembleRegressor',{'X':X(int(rng.choice([1,7,60])),5,dt)},['Y'],at,ml)
for i in range(100):
    nc=int(rng.choice([2,2,2,3,5])); post=str(rng.choice(['NONE','LOGISTIC','SOFTMAX','SOFTMAX_ZERO','PROBIT'])); dt=[np.float32,np.float64,np.int64,np.int32][int(rng.choice([0,0,1,2,3]))]
    ids=None; kind=rng.choice(['any','one0','one1','multi'])
    if nc==2 and kind=='one0': ids=[0]
    if nc==2 and kind=='one1': ids=[1]
    a,L=trees(int(rng.integers(1,20)),5,4,nc,MODES if rng.random()<.3 else ['BRANCH_LEQ'],multi=kind=='multi',pos=rng.random()<.4,ids=ids)
    b=rng.random(); base=[]
    if b<.3: base=[float(v) for v in rng.normal(size=nc)]
    elif b<.4 and nc==2: base=[0.25]
    at=dict(**a,class_treeids=L['treeids'],class_nodeids=L['nodeids'],class_ids=L['ids'],post_transform=post)
    if rng.random()<.5: at['classlabels_strings']=[f'c{k}' for k in range(nc)]
    else: at['classlabels_int64s']=[10+k*3 for k in range(nc)] if rng.random()<.7 else list(range(nc))
    W=L['weights']
    if dt==np.float64 and rng.random()<.7:
        at['nodes_values_as_tensor']=nh.from_array(np.array(at.pop('nodes_values'),dtype=np.float64)+1e-9)
        at['class_weights_as_tensor']=nh.from_array(np.array(W,dtype=np.float64))
        if base: at['base_values_as_tensor']=nh.from_array(np.array(base,dtype=np.float64))
    else:
        at['class_weights']=W
        if base: at['base_values']=base
    case(f'cls{i}-{nc}-{post}-{kind}-{dt.__name__}-b{len(base)}','TreeEnsembleClassifier',{'X':X(int(rng.choice([1,7,60])),5,dt)},['L','S'],at,3)
# TreeEnsemble 5
for i in range(40):
    dt=[np.float32,np.float64][int(rng.integers(2))]; targets=int(rng.choice([1,1,2,3])); roots=[]; N=dict(f=[],s=[],m=[],t=[],fl=[],tl=[],ff=[],mi=[]); LW=[];LT=[];mem=[]
    def leaf():
        LW.append(rng.normal());LT.append(int(rng.integers(targets)));return len(LW)-1
    def build(d):
        me=len(N['f']); 
        for k in N: N[k].append(0)
        N['f'][me]=int(rng.integers(5)); N['s'][me]=rng.choice([rng.normal(),rng.integers(-2,3)]); mode=int(rng.choice([0,0,0,1,2,3,4,5,6])); N['m'][me]=mode; N['mi'][me]=int(rng.integers(2))
        for side,(c,l) in enumerate([('t','tl'),('fl','ff')]):
            if d==0 or rng.random()<.2: N[l][me]=1;N[c][me]=leaf()
            else: N[c][me]=build(d-1)
        return me
    for t in range(int(rng.integers(1,10))): roots.append(build(3))
    memv=[]
    for mo in N['m']:
        if mo==6: memv+= [float(v) for v in rng.integers(1,5,size=int(rng.integers(1,4)))]+[np.nan]
    at=dict(tree_roots=roots,nodes_featureids=N['f'],nodes_splits=nh.from_array(np.array(N['s'],dtype=dt)),nodes_modes=nh.from_array(np.array(N['m'],dtype=np.uint8)),nodes_truenodeids=N['t'],nodes_falsenodeids=N['fl'],nodes_trueleafs=N['tl'],nodes_falseleafs=N['ff'],nodes_missing_value_tracks_true=N['mi'],leaf_weights=nh.from_array(np.array(LW,dtype=dt)),leaf_targetids=LT,n_targets=targets,aggregate_function=int(rng.integers(4)),post_transform=int(rng.integers(5)))
    if memv: at['membership_values']=nh.from_array(np.array(memv,dtype=dt))
    case(f'te{i}-{targets}-{dt.__name__}-agg{at["aggregate_function"]}-post{at["post_transform"]}','TreeEnsemble',{'X':abs(X(30,5,dt))*2},['Y'],at,5,opset=21)
for i in range(60):
    dt=[np.float32,np.float64,np.int64,np.int32][int(rng.choice([0,0,1,2,3]))]; nf=int(rng.choice([3,20])); nt=int(rng.choice([1,2,3,4,6])); post=str(rng.choice(['NONE','LOGISTIC','SOFTMAX','SOFTMAX_ZERO','PROBIT']))
    n=int(rng.choice([1,2,7,40]))
    at=dict(coefficients=rng.normal(size=nt*nf).astype(np.float32).tolist(),targets=nt,post_transform=post)
    if rng.random()<.8: at['intercepts']=rng.normal(size=nt).astype(np.float32).tolist()
    case(f'lr{i}-{nt}-{post}-{dt.__name__}-n{n}-f{nf}','LinearRegressor',{'X':X(n,nf,dt,False)},['Y'],at,1) if dt==np.float32 else None
    nc=nt if nt>1 else 2
    at=dict(coefficients=rng.normal(size=nt*nf).astype(np.float32).tolist(),intercepts=rng.normal(size=nt).astype(np.float32).tolist(),post_transform=post,multi_class=int(rng.integers(2)))
    if rng.random()<.5: at['classlabels_strings']=[f'c{k}' for k in range(nc)]
    else: at['classlabels_ints']=[5+k*3 for k in range(nc)]
    case(f'lc{i}-{nt}-{post}-{dt.__name__}-n{n}-f{nf}','LinearClassifier',{'X':X(n,nf,dt,False)},['L','S'],at,1)
for i in range(70):
    nf=4; kernel=str(rng.choice(['LINEAR','POLY','RBF','SIGMOID'])); n=int(rng.choice([1,6,30])); post=str(rng.choice(['NONE','NONE','LOGISTIC','SOFTMAX','SOFTMAX_ZERO','PROBIT']))
    params=[0.3,0.7,float(rng.choice([2,3,2.5 if kernel!='POLY' else 4]))]
    ns=int(rng.choice([0,5,12]))
    at=dict(kernel_type=kernel,kernel_params=params,n_supports=ns,coefficients=rng.normal(size=ns or nf).tolist(),rho=[0.4],post_transform=post,one_class=int(rng.random()<.2))
    if ns: at['support_vectors']=rng.normal(size=ns*nf).tolist()
    case(f'svr{i}-{kernel}-{ns}-{post}-n{n}','SVMRegressor',{'X':X(n,nf,np.float32,False)},['Y'],at,1)
    nc=int(rng.choice([2,2,3,4])); vpc=[int(v) for v in rng.integers(1,5,size=nc)]; nv=sum(vpc); lin=rng.random()<.25
    at=dict(kernel_type=kernel,kernel_params=params,post_transform=post)
    if lin: at.update(coefficients=rng.normal(size=nc*nf).tolist(),rho=[0.3])
    else:
        at.update(vectors_per_class=vpc,support_vectors=rng.normal(size=nv*nf).tolist(),coefficients=rng.normal(size=(nc-1)*nv).tolist(),rho=rng.normal(size=nc*(nc-1)//2).tolist())
        if rng.random()<.5: at.update(prob_a=(-abs(rng.normal(size=nc*(nc-1)//2))-.5).tolist(),prob_b=(rng.normal(size=nc*(nc-1)//2)*.1).tolist())
    if rng.random()<.2: at['coefficients']=[abs(v) for v in at['coefficients']]
    if rng.random()<.5: at['classlabels_strings']=[f'c{k}' for k in range(nc)]
    else: at['classlabels_ints']=[5+k*3 for k in range(nc)]
    dt=[np.float32,np.float64,np.int64,np.int32][int(rng.choice([0,0,1,2,3]))]
    case(f'svc{i}-{kernel}-{nc}-{"lin" if lin else "svc"}-{"p" if "prob_a" in at else ""}-{post}-n{n}-{dt.__name__}','SVMClassifier',{'X':X(n,nf,dt,False)},['L','S'],at,1)
for norm in ['MAX','L1','L2']:
    for dt in [np.float32,np.float64,np.int64,np.int32]: case(f'norm-{norm}-{dt.__name__}','Normalizer',{'X':X(9,4,dt,False)},['Y'],dict(norm=norm),1)
    case(f'norm1-{norm}','Normalizer',{'X':X(9,4,np.float32,False)[0]},['Y'],dict(norm=norm),1)
    case(f'norm0-{norm}','Normalizer',{'X':np.zeros((3,4),np.float32)},['Y'],dict(norm=norm),1)
for dt in [np.float32,np.float64,np.int64,np.int32]:
    case(f'scaler-{dt.__name__}','Scaler',{'X':X(9,4,dt,False)},['Y'],dict(offset=[.1,.2,.3,.4],scale=[1.5,2.5,.3,4]),1)
    case(f'scaler1-{dt.__name__}','Scaler',{'X':X(9,4,dt,False)},['Y'],dict(offset=[.1],scale=[1.5]),1)
    case(f'bin-{dt.__name__}','Binarizer',{'X':X(9,4,dt,False)},['Y'],dict(threshold=.5),1)
    case(f'afe-{dt.__name__}','ArrayFeatureExtractor',{'X':X(9,4,dt,False),'I':np.array([2,0],np.int64)},['Y'],{},1)
    case(f'afe1-{dt.__name__}','ArrayFeatureExtractor',{'X':X(9,4,dt,False)[0],'I':np.array([2,0,1],np.int64)},['Y'],{},1)
    case(f'afe2-{dt.__name__}','ArrayFeatureExtractor',{'X':X(9,4,dt,False)[0],'I':np.array([[2,0,1]],np.int64)},['Y'],{},1)
    case(f'ohe-{dt.__name__}','OneHotEncoder',{'X':X(9,4,dt,False)},['Y'],dict(cats_int64s=[0,1,2,-1],zeros=1),1)
case('ohe-s','OneHotEncoder',{'X':np.array([['a','b'],['c','x']],object)},['Y'],dict(cats_strings=['a','b','c']),1)
case('afe-s','ArrayFeatureExtractor',{'X':np.array(['a','b','c'],object),'I':np.array([[2],[0]],np.int64)},['Y'],{},1)
case('imp-f','Imputer',{'X':X(9,4)},['Y'],dict(imputed_value_floats=[1,2,3,4.],replaced_value_float=float('nan')),1)
case('imp-f1','Imputer',{'X':X(9,4)},['Y'],dict(imputed_value_floats=[7.],replaced_value_float=0.),1)
case('imp-i','Imputer',{'X':X(9,4,np.int64)},['Y'],dict(imputed_value_int64s=[1,2,3,4],replaced_value_int64=0),1)
case('imp-i1','Imputer',{'X':X(9,4,np.int64)},['Y'],dict(imputed_value_int64s=[9],replaced_value_int64=1),1)
S=np.array([['a','b'],['zz','']],object)
case('le2-si','LabelEncoder',{'X':S},['Y'],dict(keys_strings=['a','b'],values_int64s=[3,4]),2)
case('le2-sf','LabelEncoder',{'X':S},['Y'],dict(keys_strings=['a','b'],values_floats=[3.5,4],default_float=-7.),2)
case('le2-ss','LabelEncoder',{'X':S},['Y'],dict(keys_strings=['a','b'],values_strings=['x','y']),2)
case('le2-is','LabelEncoder',{'X':np.array([1,2,3],np.int64)},['Y'],dict(keys_int64s=[1,2],values_strings=['x','y']),2)
case('le2-fs','LabelEncoder',{'X':np.array([1,np.nan,3],np.float32)},['Y'],dict(keys_floats=[1,float('nan')],values_strings=['x','y']),2)
case('le2-ff','LabelEncoder',{'X':np.array([1,np.nan,3],np.float32)},['Y'],dict(keys_floats=[1,float('nan')],values_floats=[5,6.]),2)
case('le4-dd','LabelEncoder',{'X':np.array([1,np.nan,3],np.float64)},['Y'],dict(keys_tensor=nh.from_array(np.array([1,np.nan],np.float64)),values_tensor=nh.from_array(np.array([5,6.])),default_tensor=nh.from_array(np.array([9.]))),4)
case('cm-s','CategoryMapper',{'X':S},['Y'],dict(cats_strings=['a','b'],cats_int64s=[3,4]),1)
case('cm-i','CategoryMapper',{'X':np.array([[3,4,9]],np.int64)},['Y'],dict(cats_strings=['a','b'],cats_int64s=[3,4]),1)
case('fv','FeatureVectorizer',{'A':X(4,3,np.float32,False),'B':X(4,2,np.int64)},['Y'],dict(inputdimensions=[3,3]),1)
case('fv2','FeatureVectorizer',{'A':X(4,3,np.float64,False),'B':X(4,2,np.int32)},['Y'],dict(inputdimensions=[2,2]),1)
case('zip-s','ZipMap',{'X':X(4,3,np.float32,False)},['Y'],dict(classlabels_strings=['a','b','c']),1)
case('zip-i','ZipMap',{'X':X(4,2,np.float32,False)},['Y'],dict(classlabels_int64s=[4,7]),1)
A=X(5,4,np.float32,False);B=X(3,4,np.float32,False)
for met in ['euclidean','sqeuclidean']:
    for d in [np.float32,np.float64]: case(f'cdist-{met}-{d.__name__}','CDist',{'A':A.astype(d),'B':B.astype(d)},['C'],dict(metric=met),1,'com.microsoft')
json.dump(out,open(sys.argv[1],'w'))
out.clear()

# Tensor operators at every operator set in which they changed.
rng=np.random.default_rng(5)
f=lambda *s: rng.normal(size=s).astype(np.float32)
i64=lambda *v: np.array(v,np.int64)
def c(name,op,feeds,attrs={},opset=7,outs=('Y',)): case(f'{name}-{opset}',op,feeds,list(outs),attrs,1,'',opset)
x=f(2,3,4,5)
for o in (7,9,10,11,13,18,21):
    for op in ('Softmax','LogSoftmax','Hardmax'):
        c(op,op,{'X':x},{},o); c(op+'-ax2',op,{'X':x},{'axis':2},o)
    c('relu','Relu',{'X':x},{},o); c('flatten','Flatten',{'X':x},{'axis':2},o)
    for op in ('ReduceSum','ReduceMean','ReduceMax','ReduceL2','ReduceLogSumExp','ReduceProd'):
        if o<13 or (o<18 and op!='ReduceSum'):
            c(op,op,{'X':x},{'axes':[1,3],'keepdims':0},o); c(op+'all',op,{'X':x},{},o)
        else: c(op,op,{'X':x,'A':i64(1,3)},{'keepdims':0},o)
    c('argmax','ArgMax',{'X':x},{'axis':2},o)
    if o<13: c('squeeze','Squeeze',{'X':x[:1]},{'axes':[0]},o); c('unsq','Unsqueeze',{'X':x},{'axes':[0,3]},o); c('split','Split',{'X':x},{'axis':3,'split':[2,3]},o,('A','B'))
    else: c('squeeze','Squeeze',{'X':x[:1],'A':i64(0)},{},o); c('unsq','Unsqueeze',{'X':x,'A':i64(0,3)},{},o); c('split','Split',{'X':x,'S':i64(2,3)},{'axis':3},o,('A','B'))
    if o<10: c('slice','Slice',{'X':x},{'axes':[1,3],'starts':[0,-3],'ends':[2,100]},o); c('topk','TopK',{'X':x},{'k':2},o,('V','I'))
    else: c('slice','Slice',{'X':x,'s':i64(-1,4),'e':i64(-100,0),'a':i64(1,3),'t':i64(-1,-2)},{},o); c('topk','TopK',{'X':x,'K':i64(2)},{'axis':1},o,('V','I'))
    if o<11: c('pad','Pad',{'X':x},{'pads':[0,0,1,2,0,0,1,0],'mode':'reflect'},o); c('clip','Clip',{'X':x},{'min':-.5,'max':.5},o)
    else: c('pad','Pad',{'X':x,'p':i64(0,0,1,2,0,0,1,0)},{'mode':'edge'},o); c('clip','Clip',{'X':x,'lo':np.float32(-.5),'hi':np.float32(.5)},{},o)
    c('maxpool','MaxPool',{'X':x},{'kernel_shape':[2,2],'strides':[2,2],'pads':[1,0,0,1]},o,('Y','I') if o>=8 else ('Y',))
    c('avgpool','AveragePool',{'X':x},{'kernel_shape':[3,2],'strides':[2,1],'pads':[1,0,1,1]},o)
    c('avgpool-inc','AveragePool',{'X':x},{'kernel_shape':[3,2],'pads':[1,0,1,1],'count_include_pad':1},o)
    if o>=10: c('avgpool-ceil','AveragePool',{'X':x},{'kernel_shape':[3,2],'strides':[2,2],'ceil_mode':1},o); c('maxpool-dil','MaxPool',{'X':x},{'kernel_shape':[2,2],'dilations':[2,2],'ceil_mode':1},o)
    c('conv','Conv',{'X':x,'W':f(4,3,2,3),'B':f(4)},{'pads':[1,1,0,1],'strides':[1,2]},o)
    c('convg','Conv',{'X':f(1,4,6,6),'W':f(4,2,3,3)},{'group':2,'auto_pad':'SAME_UPPER','strides':[2,2]},o)
    c('convt','ConvTranspose',{'X':x,'W':f(3,2,3,3),'B':f(2)},{'strides':[2,2],'output_padding':[1,0],'pads':[1,0,1,1]},o)
    c('bn','BatchNormalization',{'X':x,'s':f(3),'b':f(3),'m':f(3),'v':abs(f(3))},{},o)
    c('in','InstanceNormalization',{'X':x,'s':f(3),'b':f(3)},{},o)
    c('lrn','LRN',{'X':x},{'size':3},o)
    c('gemm','Gemm',{'A':f(3,4),'B':f(5,4),'C':f(5)},{'transB':1,'alpha':.5,'beta':2.},o)
    c('matmul','MatMul',{'A':f(2,3,4),'B':f(4,5)},{},o)
    for op in('Add','Sub','Mul','Div','Pow'): c(op,op,{'A':abs(f(2,3,4)),'B':f(3,1)},{},o)
    c('prelu','PRelu',{'X':x,'s':f(3,1,1)},{},o)
    if o>=8:
        for op in ('Max','Min','Sum','Mean'): c(op,op,{'A':f(2,3),'B':f(3),'C':f(2,1)},{},o)
    c('lstm','LSTM',{'X':f(3,2,4),'W':f(2,20,4),'R':f(2,20,5),'B':f(2,40)},{'hidden_size':5,'direction':'bidirectional'},o,('Y','H','C'))
    c('gru','GRU',{'X':f(3,2,4),'W':f(1,15,4),'R':f(1,15,5),'B':f(1,30)},{'hidden_size':5,'linear_before_reset':1},o,('Y','H'))
    c('rnn','RNN',{'X':f(3,2,4),'W':f(1,5,4),'R':f(1,5,5)},{'hidden_size':5,'direction':'reverse'},o,('Y','H'))
    c('d2s','DepthToSpace',{'X':f(1,8,2,3)},{'blocksize':2},o)
    c('lpnorm','LpNormalization',{'X':x},{'p':1,'axis':1},o)
    c('elu','Elu',{'X':x},{'alpha':1.5},o); c('selu','Selu',{'X':x},{},o); c('hs','HardSigmoid',{'X':x},{},o); c('sig','Sigmoid',{'X':x},{},o); c('tanh','Tanh',{'X':x*3},{},o); c('exp','Exp',{'X':x*3},{},o); c('log','Log',{'X':abs(x)},{},o); c('softplus','Softplus',{'X':x*5},{},o); c('erf','Erf',{'X':x},{},o) if o>=9 else 0
    c('castd','Cast',{'X':x*100},{'to':T.DOUBLE},o); c('casti','Cast',{'X':x*100},{'to':T.INT32},o); c('cast64','Cast',{'X':x*100},{'to':T.INT64},o); c('castu8','Cast',{'X':abs(x)*100},{'to':T.UINT8},o); c('castb','Cast',{'X':np.round(x)},{'to':T.BOOL},o)
    if o>=9: c('casts','Cast',{'X':np.array([1,1.5,-0.1,1e10,1e-7,123456.789,np.nan,np.inf,0.1,3.14159274,16777216,1/3],np.float32)},{'to':T.STRING},o); c('castsd','Cast',{'X':np.array([1,1.5,-0.1,1e10,1e-7,123456.789,np.nan,-np.inf,0.1,1e22,1/3])},{'to':T.STRING},o); c('castsi','Cast',{'X':i64(1,-5,10**15)},{'to':T.STRING},o); c('castsf','Cast',{'X':np.array(['1','1.5','-2e3','NaN'],object)},{'to':T.FLOAT},o)
    if o>=9:
        c('onehot','OneHot',{'i':i64(1,0,3),'d':i64(4),'v':np.array([0,1],np.float32)},{'axis':0},o); c('where','Where',{'c':x>0,'a':x,'b':f(5)},{},o); c('nonzero','NonZero',{'X':np.round(x)},{},o); c('isnan','IsNaN',{'X':x},{},o)
        c('scatter','Scatter' if o<11 else 'ScatterElements',{'X':f(3,3),'i':np.array([[1,0,2],[0,2,1]],np.int64),'u':f(2,3)},{},o)
    if o==7: c('upsample','Upsample',{'X':x},{'scales':[1,1,2.,2.]},o)
    if o==9: c('upsample','Upsample',{'X':x,'s':np.array([1,1,2,1.5],np.float32)},{'mode':'linear'},o)
    if o==10: c('resize','Resize',{'X':x,'s':np.array([1,1,.6,1.7],np.float32)},{'mode':'linear'},o); c('resizen','Resize',{'X':x,'s':np.array([1,1,.6,1.7],np.float32)},{},o)
    if o>=11:
        for m in ('nearest','linear','cubic'):
            for ct in ('half_pixel','asymmetric','align_corners','pytorch_half_pixel'): 
                c(f'resize-{m}-{ct}','Resize',{'X':x,'r':np.zeros(0,np.float32),'s':np.array([1,1,.75,2.5],np.float32)},{'mode':m,'coordinate_transformation_mode':ct},o)
    c('instr','Tile',{'X':f(2,3),'r':i64(2,2)},{},o); c('dropout','Dropout',{'X':x},{},o)
    if o>=10: c('quant','QuantizeLinear',{'X':x*3,'s':np.float32(.02),'z':np.uint8(128)},{},o); c('dequant','DequantizeLinear',{'X':np.arange(10,dtype=np.uint8),'s':np.float32(.02),'z':np.uint8(3)},{},o)
    if o>=11: c('cumsum','CumSum',{'X':x,'a':np.array(1)},{'reverse':1,'exclusive':1},o); c('gnd','GatherND',{'X':x,'i':np.array([[0,1],[1,2]])},{},o); c('det','Det',{'X':f(2,4,4)},{},o); c('round','Round',{'X':x*4},{},o); c('bitshift','BitShift',{'A':np.array([1,5,200],np.uint8),'B':np.array([1,2,3],np.uint8)},{'direction':'LEFT'},o); c('unique','Unique',{'X':np.array([2,1,1,3,4,3],np.float32)},{},o,('Y','I','V','C')); c('dynq','DynamicQuantizeLinear',{'X':x},{},o,('Y','S','Z')); c('mod','Mod',{'A':i64(-4,7,5),'B':i64(3,-3,8)},{},o); c('celu','Celu',{'X':x},{},o) if o>=12 else 0; c('einsum','Einsum',{'A':f(2,3,4),'B':f(2,4,5)},{'equation':'bij,bjk->bki'},o) if o>=12 else 0
json.dump(out,open(sys.argv[2],'w'))
; print(len(out), sum('error' in o for o in out))
